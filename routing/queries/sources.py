"""Where SQL finds the value of a criterion's field: in a column, in the attributes, or derived."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, FloatField, Q
from django.db.models.functions import Cast

from routing.queries.columns import COLUMNS, KEY_COLUMNS, ColumnKind
from routing.queries.first_touch import first_touch
from routing.queries.json_values import JsonKnown, JsonNumber, JsonText, JsonTruth
from routing.queries.views import (
    Ages,
    Days,
    DayTexts,
    Instants,
    Numbers,
    OwnerTexts,
    PlainNumbers,
    PlainTexts,
    Texts,
    Times,
    Truths,
    present,
)


@dataclass(frozen=True, slots=True)
class Source:
    """The views of one field; None = it never holds that kind. `known` is never NULL."""

    known: Q
    texts: Texts | None = None
    numbers: Numbers | None = None
    truths: Truths | None = None
    times: Times | None = None


def source_of(key: str, now: datetime) -> Source:
    """The source of field `key`: derived fields first, then columns, else an attribute.

    routing.queries.facts reads in the same order, whatever the contract says about the store.
    """
    if key in _DERIVED:
        return _DERIVED[key](now)
    if key in COLUMNS:
        return _COLUMN_SOURCES[COLUMNS[key]](key)
    return _attribute(key)


def _text_column(key: str) -> Source:
    known = ~Q(**{key: ""})
    folded = F(key) if key in KEY_COLUMNS else JsonText("folded", key)
    # A text column can hold a day as well as an attribute can.
    return Source(known, texts=PlainTexts(F(key), folded, known), times=DayTexts(F(key)))


def _number_column(key: str) -> Source:
    number = PlainNumbers(Cast(key, FloatField()))
    return Source(Q(**{f"{key}__isnull": False}), numbers=number)


def _truth_column(key: str) -> Source:
    return Source(Q(**{f"{key}__isnull": False}), truths=Truths(F(key)))


def _day_column(key: str) -> Source:
    return Source(Q(**{f"{key}__isnull": False}), times=Days(F(key)))


def _instant_column(key: str) -> Source:
    return Source(Q(**{f"{key}__isnull": False}), times=Instants(F(key)))


def _attribute(key: str) -> Source:
    text = JsonText("attributes", key)
    texts = PlainTexts(text, JsonText("folded", key), present(text))
    return Source(
        Q(JsonKnown("attributes", key)),
        texts=texts,
        numbers=PlainNumbers(JsonNumber("attributes", key)),
        truths=Truths(JsonTruth("attributes", key)),
        times=DayTexts(text),
    )


def _age(now: datetime) -> Source:
    ages = Ages(now)
    return Source(ages.typed, numbers=ages)


def _first_touch(now: datetime) -> Source:
    touched = Instants(first_touch(now))
    return Source(touched.typed, times=touched)


_DERIVED: dict[str, Callable[[datetime], Source]] = {
    "age_days": _age,
    "first_touch_at": _first_touch,
    "owner": lambda now: Source(OwnerTexts().typed, texts=OwnerTexts()),
}
_COLUMN_SOURCES: dict[ColumnKind, Callable[[str], Source]] = {
    ColumnKind.TEXT: _text_column,
    ColumnKind.NUMBER: _number_column,
    ColumnKind.TRUTH: _truth_column,
    ColumnKind.DAY: _day_column,
    ColumnKind.INSTANT: _instant_column,
}
