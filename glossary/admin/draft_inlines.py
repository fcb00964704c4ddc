"""Rows below a draft row, within its page: criteria, confirmations, required fields, rungs."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from glossary.forms.criterion import CriterionForm
from glossary.forms.formsets import CriteriaFormSet, DraftFormSet
from glossary.models.draft_base import DraftRow
from glossary.queries.draft_names import Drafting


class BelowRow:
    """Children of a draft row; edited where their parent may be edited. Each kind has a tab of its own."""

    admin_site: AdminSite
    parent_model: type[DraftRow]
    fk_name = "parent"
    extra = 0
    tab = True
    formset: type[DraftFormSet] = DraftFormSet

    def _page(self) -> Any:
        """The admin of the parent's page."""
        return self.admin_site.get_model_admin(self.parent_model)

    def _may_edit(self, request: HttpRequest, obj: DraftRow | None) -> bool:
        page = self._page()
        return bool(
            page.has_add_permission(request) if obj is None else page.has_change_permission(request, obj)
        )

    def has_view_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return bool(self._page().has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return self._may_edit(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return self._may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: DraftRow | None = None) -> bool:
        return self._may_edit(request, obj)

    def get_formset(self, request: HttpRequest, obj: DraftRow | None = None, **kwargs: Any) -> type[Any]:
        """The formset, knowing what its forms may offer."""
        drafting: Drafting | None = self._page().drafting(request, obj)
        kwargs["formset"] = type(self.formset.__name__, (self.formset,), {"drafting": drafting})
        found: type[Any] = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]  # of the inline
        return found


class DraftInline(BelowRow, StackedInline):
    """A block for each child, folded to its title."""

    collapsible = True


class DraftTable(BelowRow, TabularInline):
    """A line for each child; for children of one or two columns, which fit on a phone."""


class CriterionInline(DraftInline):
    """Criteria, each headed by its English line. A subclass names the model."""

    form: "type[forms.ModelForm[Any]]" = CriterionForm
    formset = CriteriaFormSet
    show_change_link = False
    reads: ClassVar = ("kind", "place")

    def get_fieldsets(self, request: HttpRequest, obj: DraftRow | None = None) -> Any:
        """What it stands for, what is compared, what is counted. To read, the line says all but the kind."""
        if not self._may_edit(request, obj):
            return [(None, {"fields": [self.reads]})]
        return [
            (None, {"fields": [("kind", "place", "group")]}),
            (None, {"fields": [("field", "op"), ("value", "threshold")]}),
            (
                None,
                {"fields": [("behaviour", "at_least"), ("within_days", "latest_before_days"), ("where",)]},
            ),
        ]
