"""The stored result of an SLA report: plain data, whole and rounded; the same to the byte when made again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from reporting.engine.attainment import Attainment, Percentiles
from reporting.engine.conversion_result import Json, instant_text
from reporting.engine.figures import percent
from reporting.engine.parameters import MONTH, SlaParameters
from reporting.engine.shares import share_text
from reporting.engine.spans import span_text

SLA_RULE = (
    "Attainment = met / (met + completed late + open and overdue), in business time: a clock is met when its "
    "business time is at most its target. Pending clocks (open, not yet due) and void ones (merged, withdrawn, "
    "cancelled) stand beside it. Percentiles are of completed clocks; touches before routing count as met and "
    "stay out of them."
)
BLANK_ROW = "(none)"


@dataclass(frozen=True, slots=True)
class SlaBasis:
    """What the count rests on: the as-of instant, the zone, the edition, versions of routing, labels by key."""

    as_of: datetime
    zone: str
    edition: int
    versions: Sequence[int]
    labels: Mapping[str, str]


def sla_result(
    parameters: SlaParameters, rows: Sequence[Attainment], total: Attainment, basis: SlaBasis
) -> Json:
    """The result as JSON data. Rows by month stand in time, others by their labels."""
    shown = [_row_json(row, basis.labels.get(row.key, row.key) or BLANK_ROW) for row in rows]
    if parameters.by != MONTH:
        shown.sort(key=lambda row: (row["key"] == "", str(row["label"]).casefold(), str(row["key"])))
    versions = ", ".join(map(str, basis.versions))
    return {
        "kind": "sla",
        "question": parameters.as_json(),
        "rule": f"{SLA_RULE} {_period_words(parameters, basis)}",
        "as_of": instant_text(basis.as_of),
        "zone": basis.zone,
        "definitions": {
            "counted_with_edition": basis.edition,
            "routing": list(basis.versions),
            "words": f"routing version {versions}" if versions else "no clocks",
        },
        "rows": shown,
        "total": _row_json(total, "All clocks"),
        "notes": _notes(total),
    }


def _period_words(parameters: SlaParameters, basis: SlaBasis) -> str:
    since = f" on or after {parameters.since}" if parameters.since else ""
    until = f"{' and' if since else ''} before {parameters.period_end}" if parameters.period_end else ""
    started = f"Clocks that started{since}{until}" if since or until else "All clocks that started"
    return f"{started}, as of {instant_text(basis.as_of)}; days and months are those of {basis.zone}."


def _row_json(row: Attainment, label: str) -> Json:
    data: Json = asdict(row)
    data |= {
        "label": label,
        "interval": [row.interval.low, row.interval.high] if row.interval else None,
        "counted": row.counted,
        "clocks": row.clocks,
        "rate_percent": share_text(row.met, row.counted) if row.rate is not None else None,
        "low_percent": percent(row.interval.low) if row.interval else None,
        "high_percent": percent(row.interval.high) if row.interval else None,
        "zero_percent": share_text(row.zero, row.timed),
        "business": _percentiles(row.business),
        "wall": _percentiles(row.wall),
        "reconciliation": (
            f"{row.clocks:,} clocks = {row.met:,} met + {row.late:,} late + {row.overdue:,} open and overdue "
            f"+ {row.pending:,} pending + {row.void:,} void"
        ),
    }
    return data


def _percentiles(given: Percentiles) -> Json:
    texts = {f"{name}_text": span_text(seconds) for name, seconds in given._asdict().items()}
    return {**given._asdict(), **texts}


def _notes(total: Attainment) -> list[str]:
    notes = []
    if total.timed:
        notes.append(
            f"Calendar check: {total.zero:,} of {total.timed:,} completed clocks "
            f"({share_text(total.zero, total.timed)} %) took no business time at all. A large share means that "
            "touches happen outside the calendar's hours, or that the calendar is wrong."
        )
    if total.flagged:
        notes.append(f"Touched before routing: {total.flagged:,} clocks are met, flagged, and not timed.")
    return notes
