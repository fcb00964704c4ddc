"""Acknowledging: people whose work a version touches say that they have read it."""

from datetime import datetime

from glossary.exceptions import NotAllowed
from glossary.models import Acknowledgement
from people.models import User


def acknowledge(version_id: int, *, acting_user: User, now: datetime) -> Acknowledgement:
    """Note that `acting_user` has read a version. The first moment counts. Raises NotAllowed when not asked."""
    rows = Acknowledgement.objects.filter(version_id=version_id, user=acting_user)
    rows.filter(acknowledged_at__isnull=True).update(acknowledged_at=now)
    found = rows.first()
    if found is None:
        raise NotAllowed("You were not asked to acknowledge this version; there is nothing to do.")
    return found
