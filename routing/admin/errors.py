"""Routing errors: leads that no rule could place, and the two ways out."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from people.models import User
from routing.admin.access import ReadOnlyAdmin, runs_operations
from routing.exceptions import RoutingRefused
from routing.models import RoutingError
from routing.services.assign import route
from routing.services.routing_errors import resolve


@admin.register(RoutingError)
class RoutingErrorAdmin(ReadOnlyAdmin):
    """Open errors first. Mend the cause (a member, a territory, the lead's region), then route again."""

    list_display = ["lead", "message", "occurred_at", "resolved_at", "resolved_by"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related = ["lead", "resolved_by"]
    ordering = ["-occurred_at"]
    actions = ["route_again", "mark_resolved"]

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Whether the person may deal with errors."""
        return runs_operations(request)

    @admin.action(description="Route again by the rules in force", permissions=["resolve"])
    def route_again(self, request: HttpRequest, queryset: QuerySet[RoutingError]) -> None:
        """Each lead once; what finds its place closes its errors."""
        user = _acting(request)
        placed = waiting = 0
        for lead_id in sorted(
            set(queryset.filter(resolved_at__isnull=True).values_list("lead_id", flat=True))
        ):
            try:
                route(lead_id, acting_user=user, now=timezone.now())
            except RoutingRefused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                continue
            stuck = RoutingError.objects.filter(lead=lead_id, resolved_at__isnull=True).exists()
            placed, waiting = placed + (not stuck), waiting + stuck
        level = messages.WARNING if waiting else messages.SUCCESS
        self.message_user(request, f"Placed: {placed}. Still without a place: {waiting}.", level)

    @admin.action(description="Mark as resolved", permissions=["resolve"])
    def mark_resolved(self, request: HttpRequest, queryset: QuerySet[RoutingError]) -> None:
        """Close errors that were dealt with by hand."""
        user, now = _acting(request), timezone.now()
        closed = sum(resolve(error.pk, acting_user=user, now=now) for error in queryset)
        self.message_user(request, f"Resolved: {closed}.", messages.SUCCESS)


def _acting(request: HttpRequest) -> User:
    if not isinstance(request.user, User):  # the admin lets nobody else through
        raise RoutingRefused("Sign in first.")
    return request.user
