"""Business calendars: the form lays down a new revision, earlier ones stay to be read."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline

from people.models import User
from routing.admin.access import KeptAdmin, may_look
from routing.engine.calendars import WEEKDAYS
from routing.forms.calendars import CalendarForm
from routing.models import BusinessCalendar, CalendarRevision
from routing.services.calendars import lay_down
from routing.services.relay import relay_open_clocks


class RevisionInline(TabularInline):
    """The hours as they were laid down, newest first; never edited."""

    model = CalendarRevision
    fields = ["number", "recorded_at", "actor", "spec"]
    readonly_fields = fields
    ordering = ["-number"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(KeptAdmin):
    """Calendars that queues refer to by key."""

    form = CalendarForm
    list_display = ["name", "key"]
    search_fields = ["name", "key"]
    inlines = [RevisionInline]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The weekday fields are made by the form itself, so the admin must not look for them on the model."""
        kwargs["fields"] = ["key", "name"]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Name, hours, exceptions."""
        return [
            (None, {"fields": ["key", "name", "zone"]}),
            ("Hours", {"fields": [f"hours_{day}" for day in WEEKDAYS]}),
            ("Exceptions", {"fields": ["holiday_country", "holiday_subdivision", "holidays", "overrides"]}),
            ("Clocks that run now", {"fields": ["relay"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A key is an identity: queues refer to it."""
        return ["key"] if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: BusinessCalendar, form: "forms.ModelForm[Any]", change: bool
    ) -> None:
        """Save the name, lay down the hours, and open clocks on them if that was asked for."""
        super().save_model(request, obj, form, change)
        if not isinstance(form, CalendarForm) or form.spec is None or not isinstance(request.user, User):
            return
        now = timezone.now()
        revision = lay_down(obj.key, obj.name, form.spec, acting_user=request.user, now=now)
        self.message_user(
            request, f"In force for clocks started from now on: revision {revision.number}.", messages.INFO
        )
        if form.cleaned_data.get("relay"):
            count = relay_open_clocks(obj, acting_user=request.user, now=now)
            self.message_user(request, f"Open clocks laid on the new hours: {count}.", messages.INFO)
