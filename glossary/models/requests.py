"""ChangeRequest: one proposed change of one workstream, from the first draft to its end; and its timeline."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from glossary.choices import DRAFTING, OPEN, UNDER_REVIEW, EventKind, RequestState, Workstream
from glossary.models.append_only import AppendOnlyQuerySet
from glossary.models.versions import PolicyVersion

# In force as an emergency, and not everybody has signed; `awaits_ratification` of one row.
TO_RATIFY = Q(ratify_by__isnull=False, ratified_at__isnull=True, superseded_at__isnull=True)


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """Questions about change requests."""

    def open(self) -> Self:
        """Those that may still change or be published."""
        return self.filter(state__in=OPEN)


class ChangeRequest(models.Model):
    """A proposed change. Its draft rows hang on it; `content` is what was submitted, frozen.

    While a request is drafted, its rows are what counts. From submission on it is `content`, and `digest` is
    what sign-offs are bound to. `base_number` is the version that the change was made from.
    """

    workstream = models.CharField(max_length=12, choices=Workstream.choices)
    title = models.CharField(max_length=200)
    why = models.TextField(max_length=4000)
    state = models.CharField(max_length=20, choices=RequestState.choices, default=RequestState.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the account is gone; see author_name.",
    )
    author_name = models.CharField(max_length=200)
    base_number = models.PositiveIntegerField(help_text="Number of the version that the draft started from.")
    cycle = models.PositiveIntegerField(default=0, help_text="Review round; 0 = never submitted.")
    content = models.TextField(blank=True, help_text="Canonical JSON as submitted. Empty = not submitted.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the content, hex.")
    effective_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is to go in force. Empty = as soon as it is published."
    )
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="Last edit or step.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Set by the charter when submitted.")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Empty = open.")
    version = models.OneToOneField(
        PolicyVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="change_request",
        help_text="What it became. Empty = not published.",
    )
    emergency_why = models.TextField(blank=True, help_text="Empty = no emergency.")
    ratify_by = models.DateTimeField(
        null=True, blank=True, help_text="Emergency: when all sign-offs are due."
    )
    ratified_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text="Emergency: when another version came before everybody had signed."
    )

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "workstream"], name="change_request_state"),
            models.Index(
                fields=["effective_at"], condition=Q(state="scheduled"), name="change_request_scheduled"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether it may still change or be published."""
        return self.state in OPEN

    @property
    def is_drafting(self) -> bool:
        """Whether its rows count, not the frozen content."""
        return self.state in DRAFTING or not self.content

    @property
    def is_under_review(self) -> bool:
        """Whether sign-offs are asked for or were given, and it is not in force yet."""
        return self.state in UNDER_REVIEW

    @property
    def awaits_ratification(self) -> bool:
        """Whether it was published as an emergency and not everybody has signed since."""
        return self.ratify_by is not None and self.ratified_at is None and self.superseded_at is None


class Contributor(models.Model):
    """Somebody who wrote a part of a change, and therefore signs no part of it. Never taken back.

    `identities` are what the person was known by at that moment (people.identity), so that a changed address
    does not make a new person.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="contributors")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the account is gone; see name.",
    )
    name = models.CharField(max_length=200)
    identities = models.JSONField()
    since = models.DateTimeField()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="contributor_once")]

    def __str__(self) -> str:
        return f"{self.name} on {self.request_id}"


class RequestEvent(models.Model):
    """One line of the timeline of a change request. Written once."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    cycle = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system, or an account that is gone; see actor_name.",
    )
    actor_name = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.actor_name}"


class Comment(models.Model):
    """What somebody said about a change request. Not edited afterwards: people act on it."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()
    cycle = models.PositiveIntegerField()
    token = models.UUIDField(
        unique=True, help_text="Of the form it was written in: a second click adds nothing."
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"
