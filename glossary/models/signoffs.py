"""SignOff: what one role is asked for in one review round, and what was said. Delegation: who may sign for whom."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from glossary.choices import Duty, Verdict
from glossary.models.back_tests import BackTest
from glossary.models.requests import ChangeRequest


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Questions about sign-offs."""

    def standing(self) -> Self:
        """Those that no edit has voided."""
        return self.filter(voided_at__isnull=True)

    def owed(self) -> Self:
        """Standing ones that nobody has answered."""
        return self.standing().filter(verdict="")


class SignOff(models.Model):
    """One slot of a review round. Asked of a role; answered by a person; bound to a digest; signed by the app.

    `signature` is the HMAC, under the policy key, of everything that the answer says: a row that somebody
    wrote into the table counts for nothing.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="signoffs")
    cycle = models.PositiveIntegerField()
    duty = models.CharField(max_length=10, choices=Duty.choices)
    role = models.CharField(
        max_length=40, help_text="The role it is asked of; for an emergency the seat number."
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="End of the consulting window.")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, help_text="Empty = owed.")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    signer_name = models.CharField(max_length=200, blank=True)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who delegated it. Empty = signed in one's own role.",
    )
    identities = models.JSONField(default=list, blank=True, help_text="Of the signer and of who delegated.")
    digest = models.CharField(max_length=64, blank=True, help_text="The content that was signed.")
    back_test = models.ForeignKey(
        BackTest,
        null=True,
        blank=True,
        on_delete=models.RESTRICT,  # goes only together with its request
        related_name="signoffs",
        help_text="What a validation rests on. Empty = none was needed, or it is older than back-tests.",
    )
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True, help_text="Empty = it stands.")
    void_reason = models.CharField(max_length=200, blank=True)
    signature = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16, blank=True)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "sign-off", "sign-offs"
        ordering = ["request", "cycle", "pk"]
        constraints = [
            # A slot whose signer lost the role is voided and asked for again in the same round.
            models.UniqueConstraint(
                fields=["request", "cycle", "duty", "role"],
                condition=Q(voided_at=None),
                name="signoff_slot_once",
            ),
        ]
        indexes = [
            models.Index(fields=["role"], condition=Q(verdict="", voided_at=None), name="signoff_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} by {self.role}"


class Delegation(models.Model):
    """For a time, `to_user` may sign wherever `from_user` may. It does not go on to a third person."""

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegated"
    )
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stands_in")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not taken back.")

    class Meta:
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user}"


class Acknowledgement(models.Model):
    """Somebody whose work a version touches was asked to read it, and when they said that they have."""

    version = models.ForeignKey(
        "glossary.PolicyVersion", on_delete=models.PROTECT, related_name="acknowledgements"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not yet.")

    class Meta:
        ordering = ["version", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="acknowledged_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.version}"
