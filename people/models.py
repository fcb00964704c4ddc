"""People: the account, its team, manager and time zone. Roles are auth groups (choices.Role)."""

from functools import cached_property
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower


def validate_zone(value: str) -> None:
    """Refuse a name that is no IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(f"{value!r} is not a time zone. Use an IANA name such as Europe/London.")


class Team(models.Model):
    """A sales team: what a manager sees, and a dimension of the reports."""

    name = models.CharField(max_length=80, unique=True)
    manager = models.ForeignKey(
        "people.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="managed_teams",
        help_text="Gets the team's breaches. Empty = alerts go to RevOps.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """One person's account. The e-mail identifies the person: two accounts never share it."""

    email = models.EmailField("e-mail address", blank=False)
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="members",
        help_text="Empty = belongs to no sales team.",
    )
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    sso_subject = models.CharField(
        "subject at the identity provider",
        max_length=255,
        blank=True,
        db_index=True,
        help_text="Who the person is where they sign in. Accounts with the same subject are one person.",
    )
    is_demo = models.BooleanField(
        default=False,
        editable=False,
        help_text="Made by the demo: its password is public, so sign-in is local only.",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="people_user_email_once",
                violation_error_message="Another account has this e-mail address.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def role_keys(self) -> frozenset[str]:
        """Keys of the roles this person holds; read once per instance (per request)."""
        return frozenset(self.groups.values_list("name", flat=True))

    def has_role(self, *roles: str) -> bool:
        """Whether an active person holds any of `roles`. A superuser holds none by that alone."""
        return self.is_active and not self.role_keys.isdisjoint(roles)
