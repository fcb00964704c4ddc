"""Tags of the desk: look-ups by key, and the criteria of a gate as the page lists them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils.timezone import localtime

from people.engine.words import exact_words
from routing.engine.verdict import Answer, CriterionResult, GroupResult, Verdict

register = template.Library()
_WORDS = {
    Answer.MET: ("met", "good"),
    Answer.NOT_MET: ("not met", "bad"),
    Answer.UNKNOWN: ("not known", "warn"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement of a gate: its status word and tone, and the alternatives, each with what was seen."""

    word: str
    tone: str
    alternatives: list[tuple[str, str]]


@register.filter
def get(known: Mapping[str, object], key: str) -> object:
    """The value of `key`; empty when there is none."""
    return known.get(key, "")


@register.simple_tag
def criteria(verdict: Verdict) -> list[Line]:
    """What a gate asks for, line by line: groups, disqualifiers, confirmations, required fields."""
    return list(_lines(verdict))


def _lines(verdict: Verdict) -> Iterator[Line]:
    for group in verdict.groups:
        word, tone = _WORDS[group.answer]
        yield Line(word, tone, _alternatives(group))
    for result in verdict.none:
        stands = result.answer is Answer.MET
        word, tone = ("ruled out", "bad") if stands else ("no obstacle", "good")
        yield Line(word, tone, [(f"not if {result.words}", _seen(result) if stands else "")])
    for label in verdict.missing:
        yield Line("not known", "warn", [(f"{label} is required", "")])
    for line in verdict.invalid:
        yield Line("not valid", "bad", [(line, "")])
    for item in verdict.confirmations:
        yield Line("you confirm", "plain", [(item.words, "")])


def _alternatives(group: GroupResult) -> list[tuple[str, str]]:
    """All of them; of a group that is met only those that meet it."""
    met = [result for result in group.results if result.answer is Answer.MET]
    return [(result.words, _seen(result)) for result in met or group.results]


def _seen(result: CriterionResult) -> str:
    if isinstance(result.seen, datetime):
        return exact_words(localtime(result.seen))
    return result.seen_words
