"""The history of draft rows: who changed which row when, with the rows below it; to read, never to go back to."""

from typing import Any

from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from simple_history.template_utils import HistoricalRecordContextHelper

from glossary.admin.addresses import require_numbers
from glossary.admin.draft_reading import readable
from glossary.forms.criterion import line_of
from glossary.forms.fields import plain_words
from glossary.models.draft_base import CriterionRow
from glossary.queries.draft_names import about

BELOW_SHOWN = 200


class PlainHelper(HistoricalRecordContextHelper):
    """Changes in words: lists and mappings are no JSON."""

    max_displayed_delta_change_chars = 400

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        return plain_words(value)


class DraftHistory:
    """For an admin with simple-history: a history that can only be read, and that shows the rows below."""

    object_history_template = "glossary/admin/draft_history.html"
    object_history_form_template = "glossary/admin/draft_old_state.html"

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Going back to an old row is an edit like any other: it is made in the form."""
        return True

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> PlainHelper:
        return PlainHelper(self.model, historical_record)  # type: ignore[attr-defined]  # of the admin

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """An old state of a row, to read: sending it back would go round who may edit, and round the review."""
        if request.method != "GET":
            raise PermissionDenied("An old state is only read. Change the row itself.")
        require_numbers(object_id, version_id)
        answer: HttpResponse = super().history_form_view(  # type: ignore[misc]  # of simple-history's admin
            request, object_id, version_id, extra_context
        )
        return answer

    def render_history_view(
        self, request: HttpRequest, template: str, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """An old state in words, for everyone: boxes would promise that it can be sent back."""
        if "adminform" in context:
            context["adminform"] = self._in_words(request, context["original"])
        answer: HttpResponse = super().render_history_view(  # type: ignore[misc]  # of simple-history's admin
            request, template, context, **kwargs
        )
        return answer

    def _in_words(self, request: HttpRequest, row: Any) -> AdminForm:
        form = self.bound_form(request, row)(instance=row)  # type: ignore[attr-defined]  # of the admin
        shown: Any = readable(form, form.columns())  # the admin takes callables as well as names
        page: Any = self
        return AdminForm(form, [(None, {"fields": shown})], {}, shown, model_admin=page)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history of the row, and of the rows below it."""
        require_numbers(object_id)
        context = {"history_below": self._below(request, object_id), **(extra_context or {})}
        answer: HttpResponse = super().history_view(request, object_id, context)  # type: ignore[misc]  # as above
        return answer

    def _below(self, request: HttpRequest, object_id: str) -> list[dict[str, Any]]:
        records: list[Any] = []
        for inline in self.inlines:  # type: ignore[attr-defined]  # of the admin
            history = inline.model.history.filter(parent_id=object_id).select_related("history_user")
            records += history.order_by("-history_date", "-history_id")[:BELOW_SHOWN]
        records.sort(key=lambda record: record.history_date, reverse=True)
        names = self._names(request, object_id)
        return [_entry(record, names) for record in records[:BELOW_SHOWN]]

    def _names(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]  # of the admin
        drafting = self.drafting(request, row) if row is not None else None  # type: ignore[attr-defined]
        return drafting.names if drafting is not None else None


def _entry(record: Any, names: Any) -> dict[str, Any]:
    row: models.Model = record.instance
    text = line_of(row, names) if isinstance(row, CriterionRow) and names is not None else str(row)
    return {"record": record, "what": about(row).verbose_name, "text": text}
