"""Published policies in the admin: to look at. Changing them goes through change requests only."""

from functools import reduce
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from unfold.admin import ModelAdmin
from unfold.decorators import action

from glossary.admin.access import may_look, may_open
from glossary.admin.addresses import SoundFilters, is_number
from glossary.exceptions import PolicyError
from glossary.models import Edition, PolicyVersion
from glossary.queries.editions import edition_at


class ReadOnlyAdmin(SoundFilters, ModelAdmin):
    """Shows rows and changes none."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return may_look(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """Sealed versions. From the one in force a change can be proposed."""

    list_display = ["workstream", "number", "title", "in_force_from", "published_by_name", "change"]
    list_filter = ["workstream"]
    list_select_related = ["published_by"]
    search_fields = ["title", "why"]
    fields = [
        "workstream",
        "number",
        "title",
        "why",
        "in_force_from",
        "published_at",
        "published_by_name",
        "seal",
    ]
    actions_detail = ["propose"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyVersion]:
        """With a mark on the versions in force that this person may propose a change of."""
        found: QuerySet[PolicyVersion] = super().get_queryset(request)
        live = [Q(workstream=key, number=number) for key, number in _live().items() if may_open(request, key)]
        mine = reduce(Q.__or__, live, Q(pk__in=[]))
        return found.defer("content").annotate(
            is_open=Case(When(mine, then=Value(True)), default=Value(False), output_field=BooleanField())
        )

    @admin.display(description="Change")
    def change(self, version: PolicyVersion) -> str:
        """The way to propose a change, beside the version in force."""
        if not getattr(version, "is_open", False):
            return ""
        link = reverse("admin:glossary_policyversion_propose", args=[version.pk])
        return format_html('<a class="text-link" href="{}">Propose a change</a>', link)

    def has_propose_permission(self, request: HttpRequest, object_id: int | str | None = None) -> bool:
        """Whether this is the version in force, and the person may propose a change of its workstream."""
        workstream = _in_force(object_id)
        return bool(workstream) and may_open(request, workstream)

    @action(description="Propose a change", permissions=["propose"], icon="edit_document")
    def propose(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go on to the form that opens a change request."""
        try:
            form = reverse("change_open")
        except NoReverseMatch:
            self.message_user(request, "Changes cannot be proposed here yet.", messages.WARNING)
            return redirect("admin:glossary_policyversion_change", object_id)
        return redirect(f"{form}?{urlencode({'workstream': _in_force(object_id)})}")


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    """Which versions were in force together, since when."""

    list_display = ["number", "in_force_from", "holds"]
    fields = ["number", "in_force_from", "holds", "seal"]

    @admin.display(description="Versions")
    def holds(self, edition: Edition) -> str:
        """Workstreams with their versions."""
        return ", ".join(f"{workstream} v{number}" for workstream, number in edition.versions.items())


def _in_force(object_id: int | str | None) -> str:
    """The workstream of a version when it is the one in force; empty otherwise."""
    known = is_number(object_id)
    version = PolicyVersion.objects.defer("content").filter(pk=object_id).first() if known else None
    if version is None:
        return ""
    return version.workstream if _live().get(version.workstream) == version.number else ""


def _live() -> dict[str, int]:
    """Versions in force by workstream; empty when none can be trusted."""
    try:
        return edition_at(timezone.now()).versions
    except PolicyError:
        return {}
