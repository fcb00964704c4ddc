"""Lead: known columns for what routing and reports need, the rest in `attributes`; and its external ids."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from people.choices import SEES_ALL_LEADS, Role
from people.models import User
from routing.choices import Consent, EmailStatus


class LeadQuerySet(models.QuerySet["Lead"]):
    """Questions to the leads. Row visibility lives here and nowhere else."""

    def visible_to(self, user: User) -> Self:
        """Leads that `user` may see.

        RevOps, the operations roles, the approvers and superusers see all; managers their teams' leads and
        the queues their people serve; reps their own leads and what waits unowned in their queues.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser or user.has_role(*SEES_ALL_LEADS):
            return self
        own = Q(owner=user)
        queues = Q(
            owner__isnull=True,
            queue__in=user.queue_memberships.filter(is_active=True).values("queue"),
        )
        if user.has_role(Role.SALES_MANAGER):
            team_queues = models.Subquery(
                user.managed_teams.filter(members__queue_memberships__is_active=True).values(
                    "members__queue_memberships__queue"
                )
            )
            queues |= Q(owner__isnull=True, queue__in=team_queues)
            own |= Q(owner__team__manager=user)
        return self.filter(own | queues)

    def standing(self) -> Self:
        """Leads that stand for themselves: merged ones live on in their survivor."""
        return self.filter(merged_into__isnull=True)


class Lead(models.Model):
    """One person's interest. Current-state columns are derived from the log and can be rebuilt from it."""

    # Identity
    email = models.EmailField(blank=True, help_text="Normalised. Empty = not known.")
    email_domain = models.CharField(max_length=255, blank=True)
    email_status = models.CharField(max_length=8, choices=EmailStatus.choices, blank=True, default="")
    first_name = models.CharField(max_length=120, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True, help_text="E.164 where it could be read.")
    company = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=255, blank=True)
    # Firmographic facts
    industry = models.CharField(max_length=80, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True, help_text="Empty = not known.")
    annual_revenue = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, help_text="Empty = not known."
    )
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 alpha-2.")
    region = models.CharField(max_length=40, blank=True)
    segment = models.CharField(max_length=40, blank=True)
    buying_role = models.CharField(max_length=40, blank=True)
    # Origin and consent
    source = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=80, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    consent = models.CharField(max_length=10, choices=Consent.choices, blank=True, default="")
    consent_at = models.DateTimeField(null=True, blank=True, help_text="Empty = consent was never stated.")
    attributes = models.JSONField(default=dict, blank=True)
    # Text values with case folded by Python: both databases then compare without case alike.
    folded = models.JSONField(default=dict, blank=True, editable=False)
    # Scores, derived from facts
    icp_grade = models.CharField(max_length=1, blank=True, help_text="Empty = not graded yet.")
    intent_score = models.FloatField(null=True, blank=True, help_text="Empty = not scored yet.")
    scored_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not scored yet.")
    # Current state, derived from the log
    stage = models.CharField(max_length=40, blank=True, help_text="Key. Empty = no stage entered yet.")
    stage_entered_at = models.DateTimeField(null=True, blank=True, help_text="Empty = no stage entered yet.")
    pass_number = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="leads",
        help_text="Empty = nobody owns it; it may wait in a queue.",
    )
    queue = models.CharField(max_length=40, blank=True, help_text="Key. Empty = not routed.")
    territory = models.CharField(max_length=40, blank=True, help_text="Key. Empty = none matched.")
    suppressed = models.BooleanField(default=False)
    suppressed_reason = models.CharField(max_length=200, blank=True)
    next_touch_on = models.DateField(null=True, blank=True, help_text="Empty = none agreed.")
    nurture_track = models.CharField(max_length=40, blank=True)
    opportunity_id = models.CharField(max_length=80, blank=True)
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, help_text="Empty = no opportunity."
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        help_text="Empty = stands for itself. Always the final survivor, never a chain.",
    )
    merged_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not merged.")
    captured_at = models.DateTimeField(help_text="When the interest was shown.")
    recorded_at = models.DateTimeField(help_text="When Concord learned of it.")
    is_imported = models.BooleanField(default=False, help_text="Came as history, not as a live lead.")

    objects = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            # E-mails are stored in lower case; a merged lead keeps its address for the record.
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email="") & Q(merged_into__isnull=True), name="lead_email_once"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="lead_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["stage", "id"], name="lead_stage"),
            models.Index(fields=["owner", "stage"], name="lead_owner_stage"),
            models.Index(fields=["queue", "owner", "captured_at"], name="lead_queue_waiting"),
            models.Index(fields=["email_domain"], name="lead_email_domain"),
            models.Index(fields=["-captured_at", "-id"], name="lead_newest"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The best name there is: person, else company, else address, else number."""
        person = f"{self.first_name} {self.last_name}".strip()
        return person or self.company or self.email or f"Lead {self.pk}"


class ExternalId(models.Model):
    """The lead's id in another system."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="external_ids")
    system = models.CharField(max_length=40)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "value"], name="external_id_once")]

    def __str__(self) -> str:
        return f"{self.system}:{self.value}"
