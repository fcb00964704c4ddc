"""What routing refuses, in words a person can act on. Views translate these to pages and statuses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One value that cannot be taken.

    Attributes:
        field: key of the contract field, or the unknown key as it came.
        value: the value as it came, cut to a readable length.
        message: what is wrong and the way out.
    """

    field: str
    value: object
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class RoutingRefused(Exception):
    """An act on a lead that was refused; nothing was written."""

    def __init__(self, messages: str | Iterable[str]) -> None:
        self.messages: list[str] = [messages] if isinstance(messages, str) else list(messages)
        super().__init__("; ".join(self.messages))


class IntakeRefused(RoutingRefused):
    """A lead that cannot be taken in, with every reason by field."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = list(errors)
        super().__init__(str(error) for error in errors)


class AdvanceRefused(RoutingRefused):
    """The entry definition of the stage does not hold, or the evidence is no evidence.

    `verdict` is the gate's verdict as JSON (routing.engine.evaluate.Verdict.as_json), None when the gate
    was not reached.
    """

    def __init__(self, messages: str | Iterable[str], verdict: dict[str, object] | None = None) -> None:
        super().__init__(messages)
        self.verdict = verdict


class MoveNotAllowed(RoutingRefused):
    """The policy in force has no such move, or not by this person."""


class NotPermitted(RoutingRefused):
    """This person may not act on this lead."""


class Conflict(RoutingRefused):
    """Somebody else was faster; the message says who did what and when."""


class ImportRefused(RoutingRefused):
    """A file, or its mapping, that cannot be imported as it is; no row of it was written by this attempt."""
