"""What a report refuses, in words for the person who asked."""

from collections.abc import Sequence
from typing import Protocol


class Problem(Protocol):
    """One thing wrong with a question."""

    @property
    def field(self) -> str:
        """The parameter it is about."""


class ReportRefused(Exception):
    """Base of everything that is refused about reports."""


class ParametersRefused(ReportRefused):
    """The question cannot be asked like this.

    Attributes:
        problems: what is wrong; each names the field, the value and the way out.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))
