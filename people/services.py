"""Changes to people: their roles."""

from django.contrib.auth.models import Group

from people.choices import Role
from people.models import User, validate_zone


def ensure_roles() -> None:
    """Create the auth groups of all roles; those that exist stay as they are."""
    Group.objects.bulk_create([Group(name=role.value) for role in Role], ignore_conflicts=True)


def change_time_zone(time_zone: str, *, acting_user: User) -> None:
    """Show `acting_user` all times in `time_zone`, an IANA name. Raises ValidationError for any other name."""
    validate_zone(time_zone)
    User.objects.filter(pk=acting_user.pk).update(time_zone=time_zone)
    acting_user.time_zone = time_zone
