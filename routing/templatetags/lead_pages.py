"""Tags of the lead pages: names of stages and queues, a clock's status word, the lines of a stored verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template

from glossary.engine.words import humanised
from routing.models import SlaClock
from routing.queries.clock_status import status_of

register = template.Library()
_ANSWERS = {"met": ("met", "good"), "not_met": ("not met", "bad"), "unknown": ("not known", "warn")}
_DISQUALIFIERS = {
    "met": ("rules out", "bad"),
    "not_met": ("no obstacle", "good"),
    "unknown": ("not known", "plain"),
}


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One criterion of a stored verdict, ready to show."""

    word: str
    tone: str
    words: str
    seen: str


@register.filter
def named(known: Mapping[str, Any], key: str) -> str:
    """The name of a stage or queue; its key where the policies in force know it no more; '–' for none."""
    if not key:
        return "–"
    item = known.get(key)
    return str(item.name) if item is not None else key


@register.filter
def as_words(key: object) -> str:
    """A key or a choice as words: decision_maker -> decision maker; empty for nothing."""
    return humanised(str(key or ""))


@register.simple_tag
def clock_status(clock: SlaClock, now: datetime) -> str:
    """The status word of a clock at `now`, as `status_badge` takes it."""
    return status_of(clock, now)


@register.simple_tag
def verdict_lines(verdict: Mapping[str, Any]) -> list[VerdictLine]:
    """What a stored verdict asked and saw, line by line; empty for an entry without one."""
    return list(_lines(verdict))


def _lines(verdict: Mapping[str, Any]) -> Iterator[VerdictLine]:
    for group in verdict.get("groups", ()):
        for result in group["any"]:
            yield _criterion(result, _ANSWERS)
    for result in verdict.get("none", ()):
        yield _criterion(result, _DISQUALIFIERS)
    for item in verdict.get("confirmations", ()):
        word, tone = ("confirmed", "good") if item["given"] else ("not confirmed", "warn")
        evidence = "" if item.get("evidence") in (None, True) else str(item["evidence"])
        yield VerdictLine(word, tone, item["words"], evidence)
    for label in verdict.get("missing", ()):
        yield VerdictLine("missing", "warn", str(label), "")
    for line in verdict.get("invalid", ()):
        yield VerdictLine("not valid", "bad", str(line), "")


def _criterion(result: Mapping[str, Any], answers: Mapping[str, tuple[str, str]]) -> VerdictLine:
    word, tone = answers.get(result["answer"], (result["answer"], "plain"))
    seen = result.get("seen")
    return VerdictLine(word, tone, result["words"], "" if seen in (None, "") else f"seen: {seen}")
