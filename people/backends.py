"""Sign-in: Django's own, except that demo accounts work on this machine only."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.http.request import split_domain_port

from people.models import User

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})


class LocalDemoBackend(ModelBackend):
    """Refuses accounts with public passwords unless DEBUG is on or the page was asked for on this machine."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """As Django's, and None for a demo account that comes in over a foreign host name or from elsewhere."""
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if isinstance(user, User) and user.is_demo and request is not None and not _is_local(request):
            return None
        return user


def _is_local(request: HttpRequest) -> bool:
    """Whether the page was asked of a local name, from this machine: the name alone is the asker's to choose."""
    if settings.DEBUG:
        return True
    return split_domain_port(request.get_host())[0] in LOCAL_HOSTS and _comes_from_here(request)


def _comes_from_here(request: HttpRequest) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
