"""The form of one draft row: offers what exists, and checks the row as the part of the document it stands for."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any, ClassVar

from django import forms
from pydantic import TypeAdapter, ValidationError

from glossary.forms.fields import OfferedField, OfferedListField
from glossary.forms.row_form import RowForm
from glossary.forms.sentences import sentence
from glossary.models.draft_base import DraftRow
from glossary.queries.draft_names import Drafting, about, rows_of, table_of
from glossary.registry import DocumentType, Shape, Table
from glossary.registry.rows import item_data

KEY_HELP = (
    "A short name for the machine: small letters, digits and _. It stays for good; the name may change."
)
OVERTAKEN = (
    "Somebody saved this row after you opened it, and what they changed is not on this page. "
    "Look at its history first. What you typed is kept below; saving once more puts it in the place of theirs."
)


class DraftForm(RowForm):
    """One row of a draft. The admin binds `drafting`.

    Attributes:
        identity: columns that no two rows of a draft share together; a single one is the key, which stays as
            it is once a published version knows it.
        offers: column → collection of `Names`.
        places: place in the part that has no column of its own → column to show its errors at.
    """

    drafting: ClassVar[Drafting | None] = None
    identity: ClassVar[tuple[str, ...]] = ()
    offers: ClassVar[Mapping[str, str]] = {}
    places: ClassVar[Mapping[str, str]] = {}
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.drafting is None:
            return
        if self.instance.pk is None:
            self.instance.request = self.drafting.request
        for name, field in self.fields.items():
            self._offer(name, field)
        for name, value in self.initial.items():
            if isinstance(value, float) and value.is_integer():
                self.initial[name] = int(value)  # 40 reads better than 40.0, and is the same number
        if "position" in self.fields:
            self.fields["position"].label = "Place in the list"
        self._keep_key()
        self.initial["seen"] = self._state()

    def _state(self) -> str:
        """Number of the newest entry in the row's history: every save adds one. Empty for a new row."""
        if self.instance.pk is None:
            return ""
        newest = self.instance.history.order_by("-history_id").values_list("history_id", flat=True)
        return str(newest.first() or "")

    def _offer(self, name: str, field: forms.Field) -> None:
        """What exists, and what the row holds now."""
        if self.drafting is not None and isinstance(field, OfferedField | OfferedListField):
            collection = self.offers.get(name)
            offered = self.drafting.names.offered(collection) if collection else field.offered
            field.offer(offered, getattr(self.instance, name))

    @classmethod
    def columns(cls) -> Sequence[str]:
        """The columns that the form is about, in its order."""
        return tuple(cls._meta.fields or ())

    def _keep_key(self) -> None:
        """A key that a published version knows is shown and never changed, whatever is sent."""
        if len(self.identity) != 1 or self.identity[0] not in self.fields:
            return
        field = self.fields[self.identity[0]]
        field.help_text = field.help_text or KEY_HELP
        if self.instance.pk is not None and getattr(self.instance, self.identity[0]) in self._base_keys():
            field.disabled = True
            field.help_text = "It is part of what was published and stays as it is."

    def _base_keys(self) -> set[str]:
        _, table = table_of(self._meta.model)
        found = self.drafting.base.get(table.path, ()) if self.drafting else ()
        if table.shape is not Shape.LIST:
            return set(found)
        path = next(path for path, column in table.columns.items() if column == self.identity[0])
        return {item[path] for item in found}

    def clean(self) -> dict[str, Any]:
        """Check the row as a part of its document, and that it is there only once."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_seen(cleaned.pop("seen", ""))
        for column, message in self._problems(cleaned):
            if column not in self.errors:
                self.add_error(column if column in self.fields else None, message)
        self._check_once(cleaned)
        return cleaned

    def _check_seen(self, seen: str) -> None:
        """Refuse to write over what somebody else saved since the page was opened; once that is said, it may be."""
        if not seen or seen == self.initial.get("seen"):
            return
        sent: Any = self.data
        self.data = sent.copy()
        self.data["seen"] = self.initial["seen"]  # type: ignore[index]  # a copy of what was sent can be changed
        self.add_error(None, OVERTAKEN)

    def _problems(self, cleaned: Mapping[str, Any]) -> list[tuple[str, str]]:
        row = copy(self.instance)
        for column, value in cleaned.items():
            setattr(row, column, value)
        kind, table = table_of(self._meta.model)
        broken = bool(self.errors)
        # Where a value is missing already, what is said of the row as a whole would only confuse.
        return [
            (column, text)
            for column, text in part_problems(kind, table, row, self.places)
            if column or not broken
        ]

    def _check_once(self, cleaned: Mapping[str, Any]) -> None:
        values = {column: cleaned.get(column) for column in self.identity}
        if self.drafting is None or not values or not all(values.values()):
            return
        others = rows_of(self._meta.model, self.drafting.request).filter(**values)
        if others.exclude(pk=self.instance.pk).exists():
            said = " → ".join(str(value) for value in values.values())
            name = about(self._meta.model).verbose_name
            self.add_error(self.identity[0], f"This draft already has the {name} “{said}”. Change that one.")


def part_problems(
    kind: DocumentType, table: Table, row: DraftRow, places: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(column or empty, sentence) for whatever the document would refuse about this row alone."""
    try:
        _read(kind, table, row)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            column = _column(table, problem["loc"], places)
            if column is not None:
                yield column, sentence(problem)


def _read(kind: DocumentType, table: Table, row: DraftRow) -> None:
    data = item_data(table, row)
    if table.part is not None:
        table.part.model_validate({**{path: {} for path in table.criteria}, **data})
        return
    annotation: Any = kind.document_class.model_fields[table.path].annotation
    value = {data.get("key", ""): data.get("value")} if table.shape is Shape.MAPPING else [data.get("value")]
    TypeAdapter(annotation).validate_python(value)


def _column(table: Table, loc: tuple[int | str, ...], places: Mapping[str, str]) -> str | None:
    """The column that an error is about; empty = the row as a whole; None = something that lies in other rows."""
    if table.shape is Shape.WORDS:
        return table.columns["value"]
    if table.shape is Shape.MAPPING:
        return table.columns["key" if loc and loc[-1] == "[key]" else "value"]
    names = [str(part) for part in loc]
    for length in range(len(names), 0, -1):
        path = ".".join(names[:length])
        if path in table.columns or path in places:
            return table.columns.get(path) or places[path]
    return "" if not names else None
