"""System checks with ids and hints: settings that would be dangerous or could not work."""

import os
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}


@register(Tags.security)
def policy_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """concord.E001: every policy key is at least 32 characters and is not the session key."""
    hint = (
        "Set CONCORD_POLICY_KEYS to the output of: python -c 'import secrets; print(secrets.token_hex(32))'"
    )
    message = "A policy signing key is shorter than 32 characters or equal to the secret key."
    return [
        Error(message, hint=hint, id="concord.E001")
        for key in settings.POLICY_KEYS
        if len(key) < 32 or key == settings.SECRET_KEY
    ]


@register()
def var_is_writable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """concord.E002: what is written at run time has a place."""
    if os.access(settings.VAR_DIR, os.W_OK):
        return []
    return [
        Error(
            f"{settings.VAR_DIR} cannot be written.",
            hint="Set CONCORD_VAR to a folder that this user may write to.",
            id="concord.E002",
        )
    ]


@register()
def redis_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """concord.E003: REDIS_URL, when given, is a Redis address."""
    scheme = urlparse(settings.REDIS_URL).scheme if settings.REDIS_URL else "redis"
    if scheme in {"redis", "rediss", "unix"}:
        return []
    return [
        Error(
            f"REDIS_URL has the scheme {scheme!r}.",
            hint="Use redis://host:port/0, rediss://… for TLS, or leave it empty for the embedded broker.",
            id="concord.E003",
        )
    ]


@register(Tags.security, deploy=True)
def plain_http(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """concord.W001: hosts other than this machine are served without HTTPS."""
    foreign = sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if settings.HTTPS or not foreign:
        return []
    return [
        checks.Warning(
            f"Served to {', '.join(foreign)} without HTTPS: passwords travel readable.",
            hint="Put a TLS proxy in front and set CONCORD_HTTPS=1.",
            id="concord.W001",
        )
    ]
