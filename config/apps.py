"""App configs of the wiring: the admin site of ours and the system checks."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConcordAdminConfig(AdminConfig):
    """Makes `django.contrib.admin.site` the unfold site of `config.portal`."""

    default_site = "config.portal.GovernanceSite"


class ConcordConfig(AppConfig):
    """Registers the system checks."""

    name = "config"
    label = "concord"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (importing registers them; only possible once apps are loaded)
