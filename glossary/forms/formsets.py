"""Rows below a draft row: their forms get the names they offer, and what is there twice is told."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import PaginationInlineFormSet

from glossary.forms.criterion import line_of
from glossary.forms.fields import OfferedField
from glossary.models.draft_base import CriterionRow, Place
from glossary.queries.draft_names import Drafting


class DraftFormSet(PaginationInlineFormSet):
    """Children of one row. The inline binds `drafting`.

    Attributes:
        once: the column in which no two children are alike.
        offers: column → collection of `Names`.
    """

    drafting: ClassVar[Drafting | None] = None
    once: ClassVar[str] = ""
    offers: ClassVar[Mapping[str, str]] = {}

    def add_fields(self, form: "forms.ModelForm[Any]", index: int | None) -> None:
        """Offer what exists."""
        super().add_fields(form, index)
        for column, collection in self.offers.items():
            field = form.fields.get(column)
            if self.drafting is not None and isinstance(field, OfferedField):
                field.offer(self.drafting.names.offered(collection), getattr(form.instance, column))

    def clean(self) -> None:
        """No two children are alike."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms if self.once else ():
            cleaned = getattr(form, "cleaned_data", {})
            value = cleaned.get(self.once)
            if not value or cleaned.get("DELETE"):
                continue
            if value in seen:
                form.add_error(self.once, f"“{value}” is here twice. Keep one.")
                raise ValidationError(f"“{value}” is here twice. Keep one.")
            seen.add(value)

    def place_new(self) -> None:
        """Give new children the places after the last one; to be called before saving."""
        last = max((form.instance.position for form in self.initial_forms), default=0)
        for number, form in enumerate(self.extra_forms, start=last + 1):
            form.instance.position = number


class CriteriaFormSet(DraftFormSet):
    """Criteria: each is headed by its English line."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The names that a criterion can be about."""
        found: dict[str, Any] = super().get_form_kwargs(index)
        return {**found, "names": self.drafting.names} if self.drafting else found

    def add_fields(self, form: "forms.ModelForm[Any]", index: int | None) -> None:
        """Head the block with the criterion in words; unfold asks the row for the title."""
        super().add_fields(form, index)
        if self.drafting is not None and form.instance.pk is not None:
            form.instance.get_inline_title = self._title(
                form.instance, line_of(form.instance, self.drafting.names)
            )

    def _title(self, row: CriterionRow, words: str) -> str:
        """Where the criterion stands among the groups, and its English line."""
        if row.place == Place.NONE:
            return f"Not if: {words}"
        groups: set[int] = self.__dict__.setdefault("groups_seen", set())
        joined = "or: " if row.group in groups else ""
        groups.add(row.group)
        return f"{row.group}. {joined}{words}"
