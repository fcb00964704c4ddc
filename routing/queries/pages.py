"""A page of a long list without counting it: one row more than shown tells whether there is a next page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

SIZE = 50
# Deep pages make the database skip ever more rows; who gets there wants a filter instead.
LAST = 200


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of one page and whether there are more."""

    rows: list[Any]
    number: int
    has_next: bool

    @property
    def is_last_allowed(self) -> bool:
        """Whether there are more rows that paging does not reach."""
        return self.has_next and self.number >= LAST

    @property
    def previous(self) -> int | None:
        """Number of the page before; None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Number of the page after; None when there is none or it is out of reach."""
        return self.number + 1 if self.has_next and self.number < LAST else None


def page_of(query: "QuerySet[Any]", wanted: str | None) -> ListPage:
    """The page with the number `wanted` (as it came in the address; nonsense is the first page)."""
    digits = (wanted or "").strip()
    number = min(max(int(digits), 1), LAST) if digits.isdecimal() and len(digits) < 7 else 1
    start = (number - 1) * SIZE
    rows = list(query[start : start + SIZE + 1])
    return ListPage(rows[:SIZE], number, len(rows) > SIZE)
