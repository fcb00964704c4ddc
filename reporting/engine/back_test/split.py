"""The counts of a stage split up: by source, region and segment, by team, and by month of opening."""

from collections.abc import Iterator, Mapping

from reporting.engine.back_test.rule import NO_WON
from reporting.engine.back_test.tally import DIMENSIONS, Cell, Counts, StageTally
from reporting.engine.back_test.totals import Totals, Values, matrix_json
from reporting.engine.conversion_result import Json
from reporting.engine.rates import rate_json
from reporting.engine.rows import BLANK_LABEL

RARE_LABEL = "(all others)"


def by_dimension(tally: StageTally, totals: Totals) -> Json:
    """For each dimension a row per value, the most frequent first; their cells add up to the stage's."""
    return {
        dimension: [_row(value, counts, totals, whole) for value, counts, whole in _rows(opened, known)]
        for dimension, opened, known in zip(DIMENSIONS, tally.by, totals.by, strict=True)
    }


def teams_json(tally: StageTally, weeks: float) -> list[Json]:
    """A row per team, the one with most work first; openings per week before and after, and the difference."""
    rows: list[Json] = []
    for label, counts in sorted(tally.teams.items(), key=_by_work):
        both, gained, lost = (counts[cell] for cell in Cell)
        rows.append(
            {
                "label": label,
                "before": both + lost,
                "after": both + gained,
                "gained": gained,
                "lost": lost,
                "before_per_week": round((both + lost) / weeks, 2),
                "after_per_week": round((both + gained) / weeks, 2),
                "difference_per_week": round((gained - lost) / weeks, 2),
            }
        )
    return rows


def months_json(tally: StageTally) -> list[Json]:
    """Openings by the month in which they would have been, those without any between them included."""
    if not tally.months:
        return []
    (year, month), last = min(tally.months), max(tally.months)
    rows: list[Json] = []
    while (year, month) <= last:
        before, after = tally.months.get((year, month), (0, 0))
        rows.append({"label": f"{year}-{month:02}", "before": before, "after": after})
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return rows


def _by_work(item: tuple[str, Counts]) -> tuple[int, str]:
    label, counts = item
    return -sum(counts), label


def _rows(
    opened: Mapping[str | None, Counts], known: Values
) -> Iterator[tuple[str | None, Counts, tuple[int, int]]]:
    """Value, its counts, and (leads, won) of the cohort; None = all that the cohort does not tell apart."""
    opened = _folded(opened, known)
    values = {**dict.fromkeys(known), **dict.fromkeys(opened)}
    whole = {value: known.get(value, (0, 0)) for value in values}
    for value in sorted(values, key=lambda key: (key is None, -whole[key][0], key or "")):
        yield value, opened.get(value, [0] * (2 * len(Cell))), whole[value]


def _folded(opened: Mapping[str | None, Counts], known: Values) -> Mapping[str | None, Counts]:
    """The counts of all values that are not told apart, or came up only while it was counted, as one."""
    found: dict[str | None, Counts] = {}
    for value, counts in opened.items():
        key = value if value in known else None
        before = found.get(key, [0] * len(counts))
        found[key] = [one + more for one, more in zip(before, counts, strict=True)]
    return found


def _row(value: str | None, counts: Counts, totals: Totals, whole: tuple[int, int]) -> Json:
    leads, won = whole
    label = RARE_LABEL if value is None else value or BLANK_LABEL
    both, gained, lost, won_both, won_gained, won_lost = counts
    barred = "" if totals.has_won else NO_WON
    return {
        "label": label,
        "leads": leads,
        "won": won,
        "matrix": matrix_json(counts, leads, won, label),
        "before": both + lost,
        "after": both + gained,
        "conversion_before": rate_json(won_both + won_lost, both + lost, barred=barred),
        "conversion_after": rate_json(won_both + won_gained, both + gained, barred=barred),
    }
