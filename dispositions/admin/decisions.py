"""Decisions and their next actions in the admin: to read, and to try parked actions again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from dispositions.models import ActionItem, Disposition
from dispositions.services.carry_out import try_again
from people.choices import RUNS_OPERATIONS
from people.models import User


def _runs_operations(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(*RUNS_OPERATIONS)


def _may_look(request: HttpRequest) -> bool:
    return _runs_operations(request) or (request.user.is_active and request.user.is_superuser)


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only services write."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Disposition)
class DispositionAdmin(ReadOnlyAdmin):
    """Every decision, with its reason and evidence."""

    list_display = ["lead", "kind", "reason", "stage", "actor_name", "occurred_at", "edition"]
    list_filter = ["kind", "reason", "stage"]
    list_select_related = ["lead", "edition"]
    search_fields = ["lead__email", "lead__company", "actor_name"]
    date_hierarchy = "occurred_at"


@admin.register(ActionItem)
class ActionItemAdmin(ReadOnlyAdmin):
    """What follows: due, done, or parked with its error."""

    list_display = ["lead", "kind", "state", "due_at", "attempts", "outcome", "last_error"]
    list_filter = ["state", "kind"]
    list_select_related = ["lead"]
    search_fields = ["lead__email", "lead__company"]
    actions = ["try_parked_again"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may act on parked actions: the operations roles, not a superuser by that alone."""
        return _runs_operations(request)

    @admin.action(description="Try again", permissions=["operate"])
    def try_parked_again(self, request: HttpRequest, queryset: "QuerySet[ActionItem]") -> None:
        """Give parked actions five more tries; others are left as they are."""
        now = timezone.now()
        again = sum(try_again(pk, now=now) for pk in queryset.values_list("pk", flat=True))
        left = queryset.count() - again
        words = f"{again} will be tried again within a minute."
        if left:
            words += f" {left} were not parked and are left as they are."
        self.message_user(request, words, messages.SUCCESS if again else messages.WARNING)
