"""The stored result of a conversion report: plain data, every number whole and rounded, nothing of its making.

Computed again from the same log it is the same to the byte: it holds no clock time but the as-of instant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from reporting.engine.figures import figure, percent
from reporting.engine.funnel import ConversionResult
from reporting.engine.parameters import ConversionParameters
from reporting.engine.rows import ConversionRow
from reporting.engine.shares import share_text
from reporting.engine.statistics import Interval

Json = dict[str, object]
TOTAL_LABEL = "All cohorts"
RECENT_LABEL = "Without left-truncated cohorts"
_PARTS = (
    ("advanced", "advanced"),
    ("recycled", "recycled"),
    ("disqualified", "disqualified"),
    ("other_outcome", "ended otherwise"),
    ("other_detour", "in another detour"),
    ("still_open", "still open"),
)


@dataclass(frozen=True, slots=True)
class Covered:
    """What the count rests on.

    Attributes:
        edition: number of the edition whose stages and zone are used.
        versions: edition number → version of the glossary, for the editions that were seen.
        imported: standing entries that are imported history, outside all definitions kept here.
        imported_later: entries of imported history that were recorded after the as-of instant.
        names: stage key → name.
    """

    edition: int
    versions: Mapping[int, int]
    imported: int
    imported_later: int
    names: Mapping[str, str]


def conversion_result(
    parameters: ConversionParameters,
    counted: ConversionResult,
    by_pass: ConversionResult | None,
    covered: Covered,
) -> Json:
    """The result as JSON data. `by_pass` None = counted from a detour, where passes say nothing."""
    rule = counted.rule
    names = covered.names
    return {
        "kind": "conversion",
        "question": parameters.as_json(),
        "from_name": names[rule.from_stage],
        "to_name": names[rule.to_stage],
        "rule": rule.words(names),
        "window_days": rule.window_days,
        "as_of": instant_text(rule.as_of),
        "zone": rule.zone.key,
        "basis": {"key": parameters.basis.value, "words": parameters.basis.words},
        "definitions": definitions(counted.editions, covered),
        "first_outcome_on": counted.first_outcome_on.isoformat() if counted.first_outcome_on else None,
        "leads_seen": counted.units,
        "rows": [row_json(row, row.label) for row in counted.rows],
        "total": row_json(counted.total, TOTAL_LABEL),
        "total_without_truncated": row_json(counted.total_without_truncated, RECENT_LABEL),
        "by_pass": None if by_pass is None else row_json(by_pass.total, "By pass"),
        "notes": _notes(counted, covered, names),
    }


def definitions(editions: Sequence[int], covered: Covered) -> Json:
    """Which definitions the entries were made under; imported history apart."""
    seen = [
        {"edition": number, "glossary": covered.versions[number]}
        for number in editions
        if number in covered.versions
    ]
    versions = sorted({item["glossary"] for item in seen})
    parts = []
    if versions:
        parts.append(f"glossary version {', '.join(map(str, versions))}")
    if covered.imported:
        parts.append(f"imported history ({covered.imported:,} entries, judged elsewhere)")
    words = " and ".join(parts) or "no entries"
    return {
        "counted_with_edition": covered.edition,
        "seen": seen,
        "imported": covered.imported,
        "imported_later": covered.imported_later,
        "words": words,
    }


def row_json(row: ConversionRow, label: str) -> Json:
    """A row with all its fields, its rates in full and as texts, and the sentence by which it adds up."""
    data: Json = asdict(row)
    data |= {
        "label": label,
        "interval": _interval(row.interval),
        "skip_rate": row.skip_rate,
        "reached_rate": row.reached_rate,
        "activity_ratio": row.activity_ratio,
        "rate_percent": share_text(row.converted, row.mature) if row.shown else None,
        "low_percent": percent(row.interval.low) if row.interval else None,
        "high_percent": percent(row.interval.high) if row.interval else None,
        "activity_percent": share_text(row.to_entries, row.from_entries),
        "median_text": figure(row.median_days),
        "p75_text": figure(row.p75_days),
        "reconciliation": reconciliation(row),
    }
    return data


def reconciliation(row: ConversionRow) -> str:
    """The row's proof in words: entered = its parts; parts without any lead are left out, but for open."""
    parts = [
        f"{getattr(row, name):,} {words}"
        for name, words in _PARTS
        if getattr(row, name) or name in {"advanced", "still_open"}
    ]
    voided = f" (+ {row.voided:,} voided, shown apart)" if row.voided else ""
    return f"{row.entered:,} entered = {' + '.join(parts)}{voided}"


def instant_text(instant: datetime) -> str:
    """ISO 8601 with Z, for an instant in UTC."""
    return instant.isoformat().replace("+00:00", "Z")


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _notes(counted: ConversionResult, covered: Covered, names: Mapping[str, str]) -> list[str]:
    total, rule = counted.total, counted.rule
    notes = []
    if total.left_truncated and counted.first_outcome_on:
        notes.append(
            f"Left-truncated: cohorts that began before {counted.first_outcome_on}, when the first entry into "
            f"{names[rule.to_stage]} or beyond was recorded, are marked; earlier conversions may be missing."
        )
    if total.negative_durations:
        notes.append(
            f"Negative durations: {total.negative_durations:,} reached {names[rule.to_stage]} before they "
            f"entered {names[rule.from_stage]}; counted as they are and left out of the percentiles."
        )
    if total.skipped:
        notes.append(
            f"Skipped: {total.skipped:,} passed {names[rule.from_stage]} without an entry of their own; they "
            "have no date there and are in no cohort."
        )
    if covered.imported_later:
        notes.append(
            f"Imported later: {covered.imported_later:,} entries were imported after the as-of instant and "
            "count from when they happened. Basis 'recorded' leaves them out."
        )
    return notes
