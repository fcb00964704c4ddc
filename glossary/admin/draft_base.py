"""DraftRowAdmin: the page of one draft row, for every table of every workstream. Apps subclass it in a few lines.

A row belongs to a change request for good. Who may edit the request may edit its rows; those of a closed one
are read. Every edit ends with `note_edit` in the transaction that wrote it, so a refusal undoes the edit.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from glossary.admin.access import acting, may_change, may_look, proposes_somewhere
from glossary.admin.addresses import SoundFilters
from glossary.admin.draft_history import DraftHistory
from glossary.admin.draft_reading import readable
from glossary.admin.requests import page_of
from glossary.choices import UNDER_REVIEW
from glossary.exceptions import NotAllowed, RequestRefused, StaleContent
from glossary.forms.draft_form import DraftForm
from glossary.forms.formsets import DraftFormSet
from glossary.models import ChangeRequest
from glossary.models.draft_base import DraftRow
from glossary.queries.draft_names import Drafting, Names, base_data, names_for, rows_of, table_of
from glossary.registry import Shape
from glossary.services.drafting import note_edit

REFUSALS = (NotAllowed, RequestRefused, StaleContent)


class DraftRowAdmin(DraftHistory, SoundFilters, SimpleHistoryAdmin, ModelAdmin):
    """Rows of drafts.

    Attributes:
        form: the form of a row.
    """

    form: type[DraftForm] = DraftForm
    list_filter: Sequence[Any] = ["request"]
    list_select_related = ["request"]
    ordering = ["-request", "position", "pk"]
    show_full_result_count = False
    save_on_top = False
    warn_unsaved_form = True
    formfield_overrides: ClassVar = {models.TextField: {"widget": UnfoldAdminExpandableTextareaWidget}}
    list_before_template = "glossary/admin/of_request.html"
    change_form_before_template = "glossary/admin/of_request.html"

    # --- who may do what ---------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only to a change request that the address names, and never a second row of settings."""
        change = asked_for(request)
        if change is None or not self._is_of(change) or not may_change(request, change):
            return False
        return not (self._is_single() and rows_of(self.model, change).exists())

    def has_change_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return proposes_somewhere(request) if obj is None else may_change(request, obj.request)

    def has_delete_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return not self._is_single() and self.has_change_permission(request, obj)

    def _is_single(self) -> bool:
        return table_of(self.model)[1].shape is Shape.ROOT

    def _is_of(self, change: ChangeRequest) -> bool:
        return change.workstream == table_of(self.model)[0].workstream

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Without the change request where the list is of one only: it stands above the list."""
        columns = list(super().get_list_display(request))
        return [name for name in columns if name != "request" or asked_for(request) is None]

    # --- the form ----------------------------------------------------------------------------------------

    def drafting(self, request: HttpRequest, obj: DraftRow | None) -> Drafting | None:
        """What the forms of this page offer, read once per page; None where no change request is known."""
        change = obj.request if obj is not None else asked_for(request)
        if change is None:
            return None
        kept: dict[int, Drafting] = request.__dict__.setdefault("draft_names", {})
        if change.pk not in kept:
            kept[change.pk] = Drafting(change, self.names(change, timezone.now()), base_data(change))
        return kept[change.pk]

    def names(self, change: ChangeRequest, now: datetime) -> Names:
        """What the forms offer; an app with collections of its own adds them."""
        return names_for(change, now)

    def get_form(
        self, request: HttpRequest, obj: DraftRow | None = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        """The form, knowing its change request and what it may offer."""
        kwargs["form"] = self.bound_form(request, obj)
        change = change or obj is not None  # the page of an old state does not say so
        form: type[forms.ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        return form

    def bound_form(self, request: HttpRequest, obj: DraftRow | None) -> type[DraftForm]:
        """The form class of a row, knowing its change request."""
        return type(self.form.__name__, (self.form,), {"drafting": self.drafting(request, obj)})

    def get_fields(self, request: HttpRequest, obj: DraftRow | None = None) -> list[Any]:
        """The form's own; words instead of boxes where the row may not be edited; the order once it exists."""
        columns = list(self.form.columns())
        if obj is None:
            return columns
        if not self.has_change_permission(request, obj):
            return readable(self.bound_form(request, obj)(instance=obj), columns)
        return [*columns, "seen"] if self._is_single() else [*columns, "position", "seen"]

    # --- saving ------------------------------------------------------------------------------------------

    def save_model(
        self, request: HttpRequest, obj: DraftRow, form: "forms.ModelForm[Any]", change: bool
    ) -> None:
        """Save, at the end of the draft when it is new; the history names the change request."""
        if not change:
            last = rows_of(self.model, obj.request).aggregate(last=Max("position"))["last"]
            obj.position = (last or 0) + 1
        give_reason(obj, obj.request)
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: "forms.ModelForm[Any]", formset: Any, change: bool
    ) -> None:
        """Save the rows below, new ones last, with the same reason in their history."""
        for child in formset.forms:
            give_reason(child.instance, form.instance.request)
        if isinstance(formset, DraftFormSet):
            formset.place_new()
        super().save_formset(request, form, formset, change)

    def save_related(
        self, request: HttpRequest, form: "forms.ModelForm[Any]", formsets: Any, change: bool
    ) -> None:
        """Save what lies below, then account for the edit: everything is written by now."""
        super().save_related(request, form, formsets, change)
        self._note(request, form.instance.request, f"{self.opts.verbose_name} “{form.instance}”")

    def delete_model(self, request: HttpRequest, obj: DraftRow) -> None:
        """Delete one row, and account for it."""
        change, name = obj.request, str(obj)
        give_reason(obj, change)
        super().delete_model(request, obj)
        self._note(request, change, f"{self.opts.verbose_name} “{name}” deleted")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[DraftRow]) -> None:
        """Delete rows one by one, so that each is in the history with its reason."""
        for row in waited_for(queryset):
            self.delete_model(request, row)

    def _note(self, request: HttpRequest, change: ChangeRequest, what: str) -> None:
        noted = note_edit(change.pk, acting_user=acting(request), now=timezone.now(), what=what)
        if change.state in UNDER_REVIEW and noted.state not in UNDER_REVIEW:
            self.message_user(
                request,
                f"Change request #{change.pk} is a draft again: what was signed was another content, so its "
                "sign-offs are void. Submit it once more.",
                messages.WARNING,
            )

    # --- pages -------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a row; what is refused while saving is undone as a whole and told."""
        row = self.get_object(request, object_id) if object_id else None
        change = row.request if row is not None else asked_for(request)
        context = {**self._context(change), **(extra_context or {})}
        return self._told(
            request,
            lambda: super(DraftRowAdmin, self).changeform_view(request, object_id, form_url, context),
            change,
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Deleting one row; a refusal is told."""
        row = self.get_object(request, object_id)
        view = partial(super().delete_view, request, object_id, extra_context)
        return self._told(request, view, None if row is None else row.request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list of rows; an action on them stands as a whole or not at all."""
        context = {**self._context(asked_for(request)), **(extra_context or {})}
        return self._told(request, lambda: super(DraftRowAdmin, self).changelist_view(request, context))

    def _told(
        self, request: HttpRequest, view: Callable[[], HttpResponse], change: ChangeRequest | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return view()
        try:
            with transaction.atomic():
                wait_for(change)
                return view()
        except REFUSALS as refusal:
            self.message_user(request, f"Nothing was saved. {refusal}", messages.ERROR)
            return redirect(request.get_full_path())

    def _context(self, change: ChangeRequest | None) -> dict[str, Any]:
        return {} if change is None else {"draft_of": change, "change_page": page_of(change)}

    def response_post_save_add(self, request: HttpRequest, obj: DraftRow) -> HttpResponse:
        """Back to the rows of the same change request."""
        return redirect(self._rows_of(obj.request))

    response_post_save_change = response_post_save_add

    def _rows_of(self, change: ChangeRequest) -> str:
        if self._is_single():
            return reverse("admin:glossary_changerequest_change", args=[change.pk])
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return f"{reverse(name)}?{urlencode({'request__id__exact': change.pk})}"


def asked_for(request: HttpRequest) -> ChangeRequest | None:
    """The change request that the address names: `?request=`, the list's filter, or the list one came from."""
    kept = parse_qs(request.GET.get("_changelist_filters", ""))
    named = [
        request.GET.get("request"),
        request.GET.get("request__id__exact"),
        *kept.get("request__id__exact", []),
    ]
    number = next((text for text in named if text and text.isascii() and text.isdecimal()), "")
    if not number or len(number) > 18:
        return None
    found: dict[str, ChangeRequest | None] = request.__dict__.setdefault("draft_requests", {})
    if number not in found:
        found[number] = ChangeRequest.objects.defer("content").filter(pk=number).first()
    return found[number]


def wait_for(change: ChangeRequest | None) -> None:
    """Wait for whoever writes into this draft: of two who save at once the second one sees the first one's row."""
    if change is not None:
        list(ChangeRequest.objects.select_for_update(no_key=True).filter(pk=change.pk).values_list("pk"))


def waited_for(rows: QuerySet[DraftRow]) -> list[DraftRow]:
    """The rows, once their change requests are locked: in one order, and before any row, as everywhere.

    Whoever lays a draft down anew holds the request and then wants the rows.
    """
    found = list(rows.select_related("request").order_by("request_id", "pk"))
    for change in {row.request_id: row.request for row in found}.values():
        wait_for(change)
    return found


def give_reason(row: models.Model, change: ChangeRequest) -> None:
    """What the history gives as the reason of the next write of a row; simple-history reads it there."""
    row._change_reason = f"Change request {change.pk}"  # type: ignore[attr-defined]  # noqa: SLF001  (its own way)
