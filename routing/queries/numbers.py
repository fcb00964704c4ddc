"""Whole numbers written into a statement: for lists of thousands of ids.

As parameters each of them is looked at by Django, by the driver and by the parser of the database; written as they
are they cost next to nothing, and no database's limit of parameters counts them.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, Expression


class Numbers(Expression):
    """`filter(pk__in=Numbers(ids))`. Raises TypeError for what is no whole number: nothing else gets into SQL."""

    output_field = BigIntegerField()

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__()
        self.numbers = tuple(numbers)
        if not all(type(number) is int for number in self.numbers):
            raise TypeError("ids: only whole numbers are written into a statement.")

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The list in brackets; (NULL), which equals nothing, for none."""
        return f"({','.join(map(str, self.numbers)) or 'NULL'})", ()
