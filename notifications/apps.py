"""App config of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Bind the nudge to its task; retry=False, so that a broker that is down is noticed at once."""
        from notifications.nudges import register_nudge
        from notifications.tasks import deliver

        register_nudge("notifications.deliver", lambda: deliver.apply_async(retry=False))
