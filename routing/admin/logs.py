"""Leads and what is recorded about them, to read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from people.models import User
from routing.admin.access import ReadOnlyAdmin
from routing.models import Assignment, Lead, SlaClock, StageEntry


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    """Every column of a lead. It is changed on its pages, by the intake and the import."""

    list_display = ["label", "company", "stage", "owner", "queue", "region", "captured_at"]
    list_filter = ["suppressed", "is_imported"]
    list_select_related = ["owner"]
    search_fields = ["email", "last_name", "company"]
    ordering = ["-captured_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        """Only what this person may see, here as everywhere."""
        if not isinstance(request.user, User):
            return Lead.objects.none()
        return Lead.objects.visible_to(request.user).select_related("owner")


@admin.register(StageEntry)
class StageEntryAdmin(ReadOnlyAdmin):
    """The log of stages, with the evidence of the day."""

    list_display = ["lead", "from_stage", "to_stage", "occurred_at", "origin", "actor_name", "edition"]
    list_filter = ["origin"]
    list_select_related = ["lead", "edition"]
    search_fields = ["=lead__id", "lead__email"]
    ordering = ["-id"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Who got which lead, and the trace of every rule tried."""

    list_display = ["lead", "owner", "queue", "territory", "cause", "occurred_at", "ended_at", "actor_name"]
    list_filter = ["cause"]
    list_select_related = ["lead", "owner"]
    search_fields = ["=lead__id", "lead__email", "owner__username"]
    ordering = ["-id"]


@admin.register(SlaClock)
class SlaClockAdmin(ReadOnlyAdmin):
    """Promises with their verdicts."""

    list_display = [
        "lead",
        "key",
        "state",
        "started_at",
        "due_at",
        "stopped_at",
        "business_seconds",
        "owner",
        "edition",
    ]
    list_filter = ["state"]
    list_select_related = ["lead", "owner", "edition"]
    search_fields = ["=lead__id", "lead__email"]
    ordering = ["-id"]
