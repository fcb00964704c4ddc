"""Who may do what in the admin of routing: by role, as everywhere, not by single permissions."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

from people.choices import RUNS_OPERATIONS
from people.models import User


def runs_operations(request: HttpRequest) -> bool:
    """Whether the person holds a role that runs operations."""
    return isinstance(request.user, User) and request.user.has_role(*RUNS_OPERATIONS)


def may_look(request: HttpRequest) -> bool:
    """Operations, and administrators, who may look at everything but hold no role by that alone."""
    return runs_operations(request) or bool(request.user.is_active and request.user.is_superuser)


class OperationsAdmin(ModelAdmin):
    """Edited by the roles that run operations."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return may_look(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return runs_operations(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return runs_operations(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return runs_operations(request)


class KeptAdmin(SimpleHistoryAdmin, OperationsAdmin):
    """Edited by operations, with a history that is only read: going back is an edit in the form."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """No button that sends an old state back."""
        return True

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """An old state, to read. simple-history would save it for whoever may only look."""
        if request.method != "GET":
            raise PermissionDenied("An old state is only read. Change the row itself.")
        answer: HttpResponse = super().history_form_view(request, object_id, version_id, extra_context)
        return answer


class ReadOnlyAdmin(OperationsAdmin):
    """To read: the rows are written by services only."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
