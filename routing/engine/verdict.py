"""The verdict: what was asked, what was seen, whether it holds; as JSON for storage, as lines for people."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from glossary.engine.words import date_words, value_words
from routing.engine.values import as_json, is_known


class Answer(StrEnum):
    """Whether a criterion is met. Unknown is not a no: the evidence is lacking, not against it."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion judged.

    Attributes:
        words: the criterion as one English line.
        kind: its part in the definition (glossary.engine.conditions.Kind).
        seen: the value judged; for a behaviour how many times it was seen; None = nothing known.
        recorded_at: when that was recorded, if it is on record.
        recorded_from: what recorded it (intake, import, …), or "behaviour".
        counted: `seen` is a number of times.
        about: key of the field, or name of the behaviour, so that the log can be counted without its words.
    """

    words: str
    kind: str
    answer: Answer
    seen: object = None
    recorded_at: datetime | None = None
    recorded_from: str = ""
    counted: bool = False
    about: str = ""

    @property
    def seen_words(self) -> str:
        """What was seen, for people: "it is C", "not known", "seen 2 times"."""
        if self.counted:
            return "seen once" if self.seen == 1 else f"seen {self.seen} times"
        return f"it is {_shown(self.seen)}" if is_known(self.seen) else "not known"

    def as_json(self) -> dict[str, object]:
        """For storage."""
        return {
            "words": self.words,
            "kind": self.kind,
            "answer": self.answer.value,
            "seen": as_json(self.seen),
            "recorded_at": as_json(self.recorded_at),
            "recorded_from": self.recorded_from,
            "about": self.about,
        }


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Alternatives judged: met when any is; unknown when none is but one might be."""

    results: tuple[CriterionResult, ...]

    @property
    def answer(self) -> Answer:
        """The best answer among the alternatives."""
        answers = {result.answer for result in self.results}
        return next(answer for answer in (Answer.MET, Answer.UNKNOWN, Answer.NOT_MET) if answer in answers)

    def lacking(self) -> str:
        """The line that says what would have to be true, and what is."""
        if len(self.results) == 1:
            return f"{self.results[0].words}: {self.results[0].seen_words}"
        return "One of these: " + "; ".join(f"{r.words} ({r.seen_words})" for r in self.results)


@dataclass(frozen=True, slots=True)
class ConfirmationResult:
    """One confirmation by a rep: whether it was given, with the evidence it needs."""

    key: str
    words: str
    given: bool
    evidence: object = None

    def as_json(self) -> dict[str, object]:
        """For storage."""
        return {"key": self.key, "words": self.words, "given": self.given, "evidence": as_json(self.evidence)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a gate holds, and why.

    Attributes:
        groups: one result per group, in the order of the document.
        none: the disqualifiers; one that is met stands in the way.
        missing: labels of required fields that are not known.
        invalid: lines on required fields whose value is not valid.
    """

    holds: bool
    groups: tuple[GroupResult, ...] = ()
    none: tuple[CriterionResult, ...] = ()
    confirmations: tuple[ConfirmationResult, ...] = ()
    missing: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer:
        """Met, not met, or unknown: nothing speaks against it, but evidence is lacking."""
        if self.holds:
            return Answer.MET
        refused = any(group.answer is Answer.NOT_MET for group in self.groups)
        barred = any(result.answer is Answer.MET for result in self.none)
        return Answer.NOT_MET if refused or barred or self.invalid else Answer.UNKNOWN

    def as_json(self) -> dict[str, object]:
        """For storage with the stage entry."""
        return {
            "holds": self.holds,
            "groups": [
                {"answer": group.answer.value, "any": [result.as_json() for result in group.results]}
                for group in self.groups
            ],
            "none": [result.as_json() for result in self.none],
            "confirmations": [item.as_json() for item in self.confirmations],
            "missing": list(self.missing),
            "invalid": list(self.invalid),
        }

    def lacking(self) -> list[str]:
        """What keeps the gate shut, a line each; empty when it holds."""
        lines = [group.lacking() for group in self.groups if group.answer is not Answer.MET]
        lines += [f"Ruled out: {_barring(r)}" for r in self.none if r.answer is Answer.MET]
        lines += [f"To be confirmed: {item.words}" for item in self.confirmations if not item.given]
        return lines + [f"{label} is not known" for label in self.missing] + list(self.invalid)


def _barring(result: CriterionResult) -> str:
    return f"{result.words} ({result.seen_words})"


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{date_words(value)} {value:%H:%M}"
    if isinstance(value, date):
        return date_words(value)
    return value_words(value) if isinstance(value, bool | int | float | str) else str(value)
