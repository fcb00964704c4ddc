"""What the counting engine raises: a rule or entry that cannot be counted, a row that does not add up."""

from __future__ import annotations


class CountingError(ValueError):
    """A rule or an entry cannot be counted; names the field, the value and the way out."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        """`field` is the name of what is wrong, `value` what was given, `remedy` what to give instead."""
        super().__init__(f"{field}: {value!r} cannot be counted. {remedy}")
        self.field = field
        self.value = value
        self.remedy = remedy


class ReconciliationError(RuntimeError):
    """The parts of a row do not add up to what entered: a fault in the engine, never a number to show."""
