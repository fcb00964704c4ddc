"""The outbox in the admin: to read; and what people muted."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from notifications.models import Notification, Subscription
from people.choices import RUNS_OPERATIONS
from people.models import User


def _may_look(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and (
        user.has_role(*RUNS_OPERATIONS) or (user.is_active and user.is_superuser)
    )


@admin.register(Notification)
class NotificationAdmin(ModelAdmin):
    """Every message, its state and last error. Nobody edits the outbox."""

    list_display = ["subject", "recipient", "channel", "kind", "state", "attempts", "not_before", "sent_at"]
    list_filter = ["state", "channel"]
    list_select_related = ["recipient"]
    search_fields = ["subject", "recipient__username", "recipient__email"]
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return _may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False


@admin.register(Subscription)
class SubscriptionAdmin(ModelAdmin):
    """Kinds of messages that people do not want."""

    list_display = ["user", "kind", "channel", "muted"]
    list_filter = ["channel", "muted"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
