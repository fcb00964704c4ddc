"""Whether one criteria set follows from another, decided on their structure.

Sound and not complete: True is always right; False means that it could not be shown. The evidence rule holds
throughout: an unknown value meets nothing but `is_unknown`, so nothing follows from a lack of evidence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from glossary.engine.claims import (
    KNOWN,
    UNKNOWN,
    Claim,
    Containing,
    Done,
    NoneOf,
    Older,
    OneOf,
    Plain,
    Range,
    Recent,
    Shape,
    Undecided,
    Value,
    claim_of,
    kinds,
)
from glossary.engine.conditions import Confirmation, Criterion, Gate, Needs, When
from glossary.engine.text import fold


def implies(
    old: When, new: When, thresholds_old: Mapping[str, float], thresholds_new: Mapping[str, float]
) -> bool:
    """Whether everything that meets `old` meets `new`, each under its own thresholds.

    1. Every group of `new` follows from a group of `old`, alternative by alternative (or from a disqualifier:
       what is not unknown is known). Alternatives that a disqualifier of `old` shuts out anyway don't count.
    2. No disqualifier of `new` can be met: a disqualifier of `old` covers it, or a group of `old` excludes it.
    3. Every confirmation of `new` is asked for by `old`, with the same evidence or more.
    """
    barred = _claims(old.none, thresholds_old)
    groups = [_standing(_claims(group.any, thresholds_old), barred) for group in old.all]
    if any(not group for group in groups):
        return True  # no lead can meet `old`
    asked = [_claims(group.any, thresholds_new) for group in new.all]
    forbidden = _claims(new.none, thresholds_new)
    return (
        all(_group_follows(groups, barred, wanted) for wanted in asked)
        and all(_is_shut_out(claim, groups, barred) for claim in forbidden)
        and _confirmations_follow(old, new)
    )


def _claims(criteria: Iterable[Criterion], thresholds: Mapping[str, float]) -> list[Claim]:
    return [claim_of(criterion, thresholds) for criterion in criteria]


def _parts(claim: Claim) -> Iterator[Claim]:
    """A claim of several values as one claim for each: together they say the same."""
    if isinstance(claim.shape, OneOf):
        for value in claim.shape.values:
            yield Claim(claim.about, OneOf(frozenset({value})))
    else:
        yield claim


def _standing(group: list[Claim], barred: list[Claim]) -> list[Claim]:
    """The alternatives, value by value where it matters, that no disqualifier shuts out."""
    found = []
    for claim in group:
        bars = [bar for bar in barred if bar.about == claim.about]
        kept = _parts(claim) if bars else [claim]
        found += [part for part in kept if not any(_claim_follows(part, bar) for bar in bars)]
    return found


def _group_follows(groups: list[list[Claim]], barred: list[Claim], wanted: list[Claim]) -> bool:
    opposite = [Claim(claim.about, _OPPOSITE[claim.shape]) for claim in wanted if claim.shape in _OPPOSITE]
    return any(claim in barred for claim in opposite) or any(
        all(_is_covered(claim, wanted) for claim in group) for group in groups
    )


def _is_covered(claim: Claim, by: list[Claim]) -> bool:
    """Whether whoever meets the claim meets one of the others: one for all, or one for each of its values."""
    near = [other for other in by if other.about == claim.about]
    return any(_claim_follows(claim, other) for other in near) or (
        len(near) > 1
        and isinstance(claim.shape, OneOf)
        and all(any(_claim_follows(part, other) for other in near) for part in _parts(claim))
    )


def _is_shut_out(claim: Claim, groups: list[list[Claim]], barred: list[Claim]) -> bool:
    """Whether no lead that passes meets a disqualifier: value by value, in case several cover it."""
    return _is_covered(claim, barred) or all(
        _is_covered(part, barred)
        or any(all(_claims_exclude(item, part) for item in group) for group in groups)
        for part in _parts(claim)
    )


def _confirmations_follow(old: When, new: When) -> bool:
    given = {item.key: item for item in _confirmations(old)}
    return all(
        item.key in given and item.needs in {given[item.key].needs, Needs.NOTHING}
        for item in _confirmations(new)
    )


def _confirmations(when: When) -> tuple[Confirmation, ...]:
    return when.confirm if isinstance(when, Gate) else ()


_OPPOSITE: dict[Shape, Shape] = {KNOWN: UNKNOWN, UNKNOWN: KNOWN}


def _claim_follows(given: Claim, wanted: Claim) -> bool:
    return given.about == wanted.about and _follows(given.shape, wanted.shape)


def _claims_exclude(given: Claim, other: Claim) -> bool:
    return given.about == other.about and (
        _excludes(given.shape, other.shape) or _excludes(other.shape, given.shape)
    )


def _follows(given: Shape, wanted: Shape) -> bool:
    """Whether whatever meets `given` meets `wanted`, of the same field or behaviour."""
    if isinstance(given, Undecided) or isinstance(wanted, Undecided):
        return False
    if given == wanted:
        return True
    if UNKNOWN in (given, wanted):
        return False
    if wanted == KNOWN:
        return True
    return _RULES[type(given)](given, wanted)


def _value_meets(value: Value, wanted: Shape) -> bool | None:
    """Whether a lead with exactly this value meets a claim; None when that is not said here."""
    kind, content = value
    if isinstance(wanted, OneOf):
        return value in wanted.values
    if isinstance(wanted, NoneOf):
        return value not in wanted.values and any(kind == other for other, _ in wanted.values)
    if isinstance(wanted, Containing):
        return kind == "text" and _has(fold(content), wanted)
    if isinstance(wanted, Range) and wanted.unit == "number":
        return not isinstance(content, str) and kind == "number" and wanted.low <= content <= wanted.high
    return None if kind == "text" or isinstance(wanted, Plain) else False


def _has(text: str, wanted: Containing) -> bool:
    return text.startswith(wanted.text) if wanted.first else wanted.text in text


def _from_values(given: OneOf, wanted: Shape) -> bool:
    return all(_value_meets(value, wanted) is True for value in given.values)


def _from_others(given: NoneOf, wanted: Shape) -> bool:
    """Kind by kind, `wanted` rules out something and no more than `given` does."""
    return isinstance(wanted, NoneOf) and all(
        kind in kinds(wanted.values) and {v for v in wanted.values if v[0] == kind} <= given.values
        for kind in kinds(given.values)
    )


def _from_range(given: Range, wanted: Shape) -> bool:
    if isinstance(wanted, Range):
        return given.unit == wanted.unit and wanted.low <= given.low and given.high <= wanted.high
    if given.unit != "number":
        return False
    if isinstance(wanted, OneOf):
        return given.low == given.high and ("number", given.low) in wanted.values
    if not isinstance(wanted, NoneOf) or "number" not in kinds(wanted.values):
        return False
    return not any(_value_meets(value, given) for value in wanted.values)


def _from_text(given: Containing, wanted: Shape) -> bool:
    if isinstance(wanted, Containing):
        return (given.first or not wanted.first) and _has(given.text, wanted)
    if not isinstance(wanted, NoneOf) or "text" not in kinds(wanted.values):
        return False
    return not any(_value_meets(value, given) for value in wanted.values)


def _from_done(given: Done, wanted: Shape) -> bool:
    return (
        isinstance(wanted, Done)
        and wanted.times <= given.times
        and given.days <= wanted.days
        and wanted.where <= given.where
        # Asked for fewer properties, more is counted, and of that the latest may be newer.
        and (not wanted.quiet or (wanted.quiet <= given.quiet and wanted.where == given.where))
    )


_RULES: dict[type, Callable[..., bool]] = {
    OneOf: _from_values,
    NoneOf: _from_others,
    Range: _from_range,
    Containing: _from_text,
    Done: _from_done,
    Recent: lambda given, wanted: isinstance(wanted, Recent) and given.days <= wanted.days,
    Older: lambda given, wanted: isinstance(wanted, Older) and given.days >= wanted.days,
    Plain: lambda given, wanted: False,
}


def _excludes(one: Shape, other: Shape) -> bool:
    """Whether no lead can meet both, seen from `one`."""
    if isinstance(one, Undecided) or isinstance(other, Undecided):
        return False
    if one == UNKNOWN:
        return other != UNKNOWN
    if isinstance(one, OneOf):
        return all(_value_meets(value, other) is False for value in one.values)
    if isinstance(one, Range) and isinstance(other, Range):
        return one.unit == other.unit and (one.high < other.low or other.high < one.low)
    return isinstance(one, Recent) and isinstance(other, Older) and one.days <= other.days
