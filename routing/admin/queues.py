"""Who is in which queue, and which accounts belong to whom. Every edit is kept with its author."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from glossary.exceptions import NoPolicyInForce
from glossary.queries.editions import edition_at
from people.models import User
from routing.admin.access import KeptAdmin
from routing.engine.documents import RoutingDocument
from routing.forms.named_accounts import NamedAccountForm
from routing.models import NamedAccount, QueueMember


def queue_choices() -> list[tuple[str, str]]:
    """Queues of the policy in force; empty when none is."""
    try:
        document = edition_at(timezone.now()).document(RoutingDocument)
    except NoPolicyInForce:
        return []
    return [(queue.key, f"{queue.name} ({queue.key})") for queue in document.queues]


@admin.register(QueueMember)
class QueueMemberAdmin(KeptAdmin):
    """Members with weight, cap and absence. The counter belongs to the round robin and is only shown."""

    list_display = [
        "user",
        "queue",
        "weight",
        "cap",
        "is_active",
        "away_from",
        "away_until",
        "assigned_count",
    ]
    list_filter = ["is_active"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__first_name", "user__last_name", "user__email", "queue"]
    fields = [
        "queue",
        "user",
        "weight",
        "cap",
        "is_active",
        "away_from",
        "away_until",
        "assigned_count",
        "last_assigned_at",
    ]
    readonly_fields = ["assigned_count", "last_assigned_at"]

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer the queues of the policy in force instead of free text."""
        if db_field.name == "queue":
            return forms.ChoiceField(
                label="Queue", choices=[("", "Choose"), *queue_choices()], widget=UnfoldAdminSelectWidget()
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[no-any-return]  # untyped

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Any] | None":
        """Only active people can join a queue; a member who left the company stays shown."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True).order_by("first_name", "username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[no-any-return]  # untyped


@admin.register(NamedAccount)
class NamedAccountAdmin(KeptAdmin):
    """Accounts that belong to a person, whatever the territory says."""

    form = NamedAccountForm
    list_display = ["name", "domain", "owner"]
    list_select_related = ["owner"]
    search_fields = ["name", "domain", "owner__username"]
