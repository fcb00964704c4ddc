"""The reader's time zone: every page shows instants where its reader is."""

from collections.abc import Callable
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from people.models import User


class ReaderZone:
    """Activates the signed-in person's time zone for the request; anonymous readers get the server's (UTC)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.get_response(request)
        with timezone.override(zone_of(request.user)):
            return self.get_response(request)


def zone_of(user: User) -> tzinfo:
    """The zone of `user`; the server's where the stored name is unknown to this machine's zone data.

    Falling back keeps every page, and so the account page where the zone can be put right, reachable.
    """
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
