"""Whole numbers written into a statement: for lists of thousands of ids.

As parameters each of them is looked at by Django, by the driver and by the parser of the database; written as they
are they cost next to nothing, and no database's limit of parameters counts them.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func


class Among(Func):
    """`filter(Among("lead_id", ids))`: the value of a field is one of these numbers; no row for none.

    Raises TypeError for what is no whole number: nothing else gets into SQL.
    """

    output_field = BooleanField()

    def __init__(self, field: str, numbers: Iterable[int]) -> None:
        super().__init__(F(field))
        self.numbers = tuple(numbers)
        if not all(type(number) is int for number in self.numbers):
            raise TypeError("ids: only whole numbers are written into a statement.")

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[str | int, ...]]:
        """A list in brackets; (NULL), which equals nothing, for none."""
        field, params = compiler.compile(self.get_source_expressions()[0])
        return f"{field} IN ({self._joined() or 'NULL'})", (*params,)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[str | int, ...]]:
        """One array: of a list PostgreSQL makes a node per number, which takes four times as long to plan."""
        field, params = compiler.compile(self.get_source_expressions()[0])
        return f"{field} = ANY ('{{{self._joined()}}}'::bigint[])", (*params,)

    def _joined(self) -> str:
        return ",".join(map(str, self.numbers))
