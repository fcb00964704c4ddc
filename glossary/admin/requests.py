"""Change requests in the admin: the hub of a draft. Nobody approves here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from glossary.admin.access import may_change
from glossary.admin.published import ReadOnlyAdmin
from glossary.models import (
    Acknowledgement,
    ChangeRequest,
    Comment,
    Contributor,
    Delegation,
    RequestEvent,
    SignOff,
)
from glossary.queries.draft_names import about, rows_of
from glossary.registry import Shape, document_types


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnlyAdmin):
    """A change request with the ways to the rows of its draft."""

    list_display = ["number", "title", "workstream", "state", "author_name", "changed_at"]
    list_display_links = ["number", "title"]
    list_filter = ["state", "workstream"]
    search_fields = ["title", "why", "author_name"]
    ordering = ["-changed_at"]
    fields = [
        "workstream",
        "title",
        "why",
        "state",
        "author_name",
        "base",
        "opened_at",
        "changed_at",
        "effective_at",
    ]
    change_form_before_template = "glossary/admin/draft_tables.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeRequest]:
        """Without the submitted contents, which can be long."""
        found: QuerySet[ChangeRequest] = super().get_queryset(request)
        return found.defer("content")

    @admin.display(description="No.", ordering="pk")
    def number(self, change: ChangeRequest) -> str:
        """The number by which people call it."""
        return f"#{change.pk}"

    @admin.display(description="Made from")
    def base(self, change: ChangeRequest) -> str:
        """The version that the draft was made from."""
        return f"{change.get_workstream_display()} v{change.base_number}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with its tables and how many rows they have."""
        change = self.get_object(request, object_id)
        found: dict[str, Any] = {"show_save": False, **(extra_context or {})}
        if change is not None:
            editable = may_change(request, change)
            found |= {
                "draft_tables": tables_of(change, editable=editable),
                "draft_editable": editable,
                "change_page": page_of(change),
            }
        answer: HttpResponse = super().change_view(request, object_id, form_url, found)
        return answer


def tables_of(change: ChangeRequest, *, editable: bool) -> list[dict[str, Any]]:
    """The tables of a draft: name, number of rows, addresses of their list and of the form for a new row."""
    found = []
    for table in document_types()[change.workstream].tables:
        meta = about(table.model)
        rows = rows_of(table.model, change)
        name = f"admin:{meta.app_label}_{meta.model_name}"
        entry: dict[str, Any] = {"count": rows.count(), "add": ""}
        if table.shape is Shape.ROOT:
            row = rows.first()
            entry["link"] = reverse(f"{name}_change", args=[row.pk]) if row else reverse(f"{name}_changelist")
            entry["name"], entry["count"] = str(meta.verbose_name).capitalize(), None
        else:
            plural = str(meta.verbose_name_plural)
            entry["link"] = f"{reverse(f'{name}_changelist')}?{urlencode({'request__id__exact': change.pk})}"
            entry["name"] = f"{plural[:1].upper()}{plural[1:]}"
            if editable:
                kept = urlencode({"request__id__exact": change.pk})
                query = urlencode({"request": str(change.pk), "_changelist_filters": kept})
                entry["add"] = f"{reverse(f'{name}_add')}?{query}"
                entry["singular"] = str(meta.verbose_name)
        found.append(entry)
    return found


def page_of(change: ChangeRequest) -> str:
    """Address of the change request's page in the portal; empty where there is none."""
    try:
        return reverse("change", args=[change.pk])
    except NoReverseMatch:
        return ""


@admin.register(SignOff)
class SignOffAdmin(ReadOnlyAdmin):
    """What was asked of whom, and what they said. Signing is done on the page of the change request."""

    list_display = ["request", "cycle", "duty", "role", "verdict", "signer_name", "decided_at", "voided_at"]
    list_filter = ["duty", "verdict", "role"]
    list_select_related = ["request"]
    search_fields = ["request__title", "signer_name"]
    exclude = ["identities"]


@admin.register(RequestEvent)
class RequestEventAdmin(ReadOnlyAdmin):
    """The timelines."""

    list_display = ["request", "at", "kind", "actor_name", "note"]
    list_filter = ["kind"]
    list_select_related = ["request"]
    search_fields = ["request__title", "actor_name", "note"]


@admin.register(Contributor)
class ContributorAdmin(ReadOnlyAdmin):
    """Who wrote a part of which change, and so signs no part of it."""

    list_display = ["request", "name", "since"]
    list_select_related = ["request"]
    search_fields = ["request__title", "name"]
    exclude = ["identities"]


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What people said."""

    list_display = ["request", "author_name", "at", "text"]
    list_select_related = ["request"]
    search_fields = ["request__title", "author_name", "text"]
    exclude = ["token"]


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    """Who was asked to read which version, and who did."""

    list_display = ["version", "user", "asked_at", "acknowledged_at"]
    list_filter = [("acknowledged_at", admin.EmptyFieldListFilter)]
    list_select_related = ["version", "user"]


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    """Who may sign for whom, from when to when."""

    list_display = ["from_user", "to_user", "starts_at", "ends_at", "revoked_at", "why"]
    list_select_related = ["from_user", "to_user"]
