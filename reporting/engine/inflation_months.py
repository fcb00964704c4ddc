"""Which two months are compared for MQL inflation, and the stored comparison with what explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from reporting.engine.conversion_result import Json
from reporting.engine.figures import figure, percent
from reporting.engine.inflation import Cohort, Inflation, inflation
from reporting.engine.rows import ConversionRow
from reporting.engine.rule import MONTH, ConversionRule
from reporting.engine.shares import share_text

FROM, TO = "mql", "sql"
# An MQL stands just above the bar when its score is less than this share above it.
JUST_ABOVE = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the log says of one month's MQLs beside their number.

    Attributes:
        versions: workstream → versions in force when they entered (glossary, scoring).
        judged: entries with a stored verdict on the score; imported history has none.
        just_above: of these, with a score that reached the bar by less than a tenth of it.
        score_only: of these, let in by the score alone: no alternative to it was met.
    """

    versions: Mapping[str, Sequence[int]]
    judged: int = 0
    just_above: int = 0
    score_only: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two months by their first days: the latest whose leads are all mature, and the one before it."""

    earlier: date
    later: date


def asks_for_inflation(rule: ConversionRule) -> bool:
    """Whether a count can show MQL inflation: MQL to SQL by month, in a window."""
    return (rule.from_stage, rule.to_stage, rule.by) == (FROM, TO, MONTH) and rule.window is not None


def mature_pair(rule: ConversionRule) -> Pair | None:
    """The latest month that was over a whole window before the as-of instant, and the one before it.

    None when the rule has no window, or when its period doesn't cover both months.
    """
    if rule.window is None:
        return None
    # In UTC, as maturity is counted: a window is so many times 24 hours, whatever clocks do meanwhile.
    last = (rule.cut_off - rule.window).astimezone(rule.zone)
    later = _month_before(last.date().replace(day=1))
    earlier = _month_before(later)
    last_day = date.fromordinal(_month_after(later).toordinal() - 1)
    covered = rule.covers(earlier) and rule.covers(last_day)
    return Pair(earlier, later) if covered else None


def month_bounds(first: date, rule: ConversionRule) -> tuple[datetime, datetime]:
    """The month as a half-open span of instants in the reporting zone."""
    return (
        datetime.combine(first, time.min, tzinfo=rule.zone),
        datetime.combine(_month_after(first), time.min, tzinfo=rule.zone),
    )


def inflation_json(
    pair: Pair, rows: Sequence[ConversionRow], rule: ConversionRule, seen: Sequence[Evidence]
) -> Json:
    """The comparison as plain data; `seen` is the evidence of the earlier month and of the later one."""
    cohorts = [_cohort(month, rows) for month in (pair.earlier, pair.later)]
    found = inflation(*cohorts, at_least=rule.at_least)
    months = (pair.earlier, pair.later)
    return {
        "months": [f"{month:%Y-%m}" for month in months],
        "flagged": found.flagged,
        "why_not": found.why_not,
        "rows": [
            _row(month, cohort, evidence, rule)
            for month, cohort, evidence in zip(months, cohorts, seen, strict=True)
        ],
        "volume_percent": _signed(found.volume_change),
        "z": figure(found.test.z) if found.test else "n/a",
        "p": figure(found.test.p, 4) if found.test else "n/a",
        "definitions": _definitions(seen),
        "words": _words(months, cohorts, found),
    }


def _cohort(month: date, rows: Sequence[ConversionRow]) -> Cohort:
    row = next((row for row in rows if row.key == f"{month:%Y-%m}"), None)
    return Cohort(row.entered, row.mature, row.converted) if row else Cohort(0, 0, 0)


def _row(month: date, cohort: Cohort, seen: Evidence, rule: ConversionRule) -> Json:
    shown = cohort.mature >= rule.at_least
    return {
        "key": f"{month:%Y-%m}",
        "label": f"{month:%b %Y}",
        "entered": cohort.entered,
        "mature": cohort.mature,
        "converted": cohort.converted,
        "rate_percent": share_text(cohort.converted, cohort.mature) if shown else None,
        "versions": {key: list(numbers) for key, numbers in seen.versions.items()},
        "judged": seen.judged,
        "just_above": seen.just_above,
        "just_above_percent": share_text(seen.just_above, seen.judged),
        "score_only": seen.score_only,
        "score_only_percent": share_text(seen.score_only, seen.judged),
    }


def _definitions(seen: Sequence[Evidence]) -> str:
    """What changed in the definitions between the months, in words."""
    changes = []
    for key in ("glossary", "scoring"):
        before, after = (list(evidence.versions.get(key, ())) for evidence in seen)
        if before != after and (before or after):
            changes.append(f"{key} version {_numbers(before)} → {_numbers(after)}")
    return "; ".join(changes) or "the definitions were the same in both months"


def _numbers(versions: Sequence[int]) -> str:
    return ", ".join(map(str, versions)) or "none"


def _signed(change: float | None) -> str:
    return "n/a" if change is None else f"{'+' if change >= 0 else '−'}{percent(abs(change), 1)}"


def _words(months: tuple[date, date], cohorts: Sequence[Cohort], found: Inflation) -> str:
    names = [f"{month:%b %Y}" for month in months]
    if not found.flagged or found.test is None:
        return f"No inflation from {names[0]} to {names[1]}: {found.why_not}."
    a, b = cohorts
    rates = [share_text(cohort.converted, cohort.mature) for cohort in cohorts]
    return (
        f"MQLs rose from {a.entered:,} in {names[0]} to {b.entered:,} in {names[1]}, while MQL → SQL fell from "
        f"{rates[0]} % to {rates[1]} % of mature leads (z = {figure(found.test.z)}, "
        f"p = {figure(found.test.p, 4)})."
    )


def _month_before(first: date) -> date:
    return date.fromordinal(first.toordinal() - 1).replace(day=1)


def _month_after(first: date) -> date:
    return date.fromordinal(first.replace(day=28).toordinal() + 4).replace(day=1)
