"""The stored result of a back-test: plain data in a fixed order, so that counted again it is the same to the byte."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reporting.engine.back_test.rule import NO_WON, sentences
from reporting.engine.back_test.split import by_dimension, months_json, teams_json
from reporting.engine.back_test.tally import MOST_KEPT, Cell, StageTally
from reporting.engine.back_test.totals import Totals
from reporting.engine.conversion_result import Json, instant_text
from reporting.engine.day_window import DayWindow
from reporting.engine.rates import rate_json

SIDES = {"before": (Cell.BOTH, Cell.LOST), "after": (Cell.BOTH, Cell.GAINED)}


@dataclass(frozen=True, slots=True)
class Side:
    """One definition: numbers of its versions (None = the proposed content), and how it is called."""

    glossary: int | None
    scoring: int | None
    label: str

    def as_json(self) -> Json:
        """As it is stored."""
        return {"glossary": self.glossary, "scoring": self.scoring, "label": self.label}


@dataclass(frozen=True, slots=True)
class Basis:
    """What was measured.

    Attributes:
        window: days of capture.
        as_of: aware; up to when the log is read.
        not_logged: labels of the fields whose past no log keeps.
    """

    window: DayWindow
    as_of: datetime
    before: Side
    after: Side
    not_logged: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """How many leads were replayed one by one, and how many of these came as history."""

    leads: int
    imported: int


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What is told of a stage beside its counts.

    Attributes:
        confirms: labels of what a rep confirms, on either side; it is not replayed.
        sla: names of the promises that hang on the stage.
    """

    confirms: Sequence[str]
    sla: Sequence[str]


def back_test_result(
    basis: Basis,
    judged: Judged,
    totals: Totals,
    stages: Mapping[str, StageFacts],
    tallies: Iterable[StageTally],
) -> Json:
    """The result as JSON data. Raises ReconciliationError when more leads opened a stage than there are."""
    counted = list(tallies)
    return {
        "rule": sentences(has_won=totals.has_won, not_logged=basis.not_logged, imported=judged.imported),
        "as_of": instant_text(basis.as_of),
        "since": basis.window.since.isoformat(),
        "until": basis.window.until.isoformat(),
        "zone": basis.window.zone.key,
        "weeks": round(basis.window.weeks, 2),
        "leads": totals.leads,
        "won": totals.won,
        "judged": judged.leads,
        "imported": judged.imported,
        "not_logged": list(basis.not_logged),
        "kept": MOST_KEPT,
        "kept_all": all(tally.kept_all for tally in counted),
        "before": basis.before.as_json(),
        "after": basis.after.as_json(),
        "stages": [_stage(tally, stages[tally.stage], totals, basis.window.weeks) for tally in counted],
    }


def _stage(tally: StageTally, facts: StageFacts, totals: Totals, weeks: float) -> Json:
    stage = tally.stages.by_key[tally.stage]
    return {
        "key": stage.key,
        "name": stage.name,
        "short": stage.short,
        "confirms": list(facts.confirms),
        "entered": totals.entered[tally.stage],
        "matrix": totals.matrix(tally),
        **{name: _side(tally, cells, totals, weeks) for name, cells in SIDES.items()},
        **{cell.name.lower(): _moved(tally, cell, weeks) for cell in (Cell.GAINED, Cell.LOST)},
        "by": by_dimension(tally, totals),
        "teams": teams_json(tally, weeks),
        "sla": list(facts.sla),
        "months": months_json(tally),
    }


def _side(tally: StageTally, cells: Sequence[Cell], totals: Totals, weeks: float) -> Json:
    opened, won = (sum(count(cell) for cell in cells) for count in (tally.leads, tally.won))
    reached = []
    for key in tally.stages.beyond(tally.stage):
        bits = tally.stages.reaching(key)
        share = rate_json(sum(tally.having(cell, bits) for cell in cells), opened)
        reached.append({"stage": key, "name": tally.stages.name(key), **share})
    barred = "" if totals.has_won else NO_WON
    return {
        "n": opened,
        "per_week": _per_week(opened, weeks),
        "reached": reached,
        "precision": rate_json(won, opened, barred=barred),
        "recall": rate_json(won, totals.won, barred=barred),
    }


def _moved(tally: StageTally, cell: Cell, weeks: float) -> Json:
    ends = tally.became(cell)
    keys = [*tally.stages.beyond(tally.stage), *tally.stages.detours(), ""]
    became = [
        {"stage": key, "name": tally.stages.name(key) if key else "", "n": ends[key]}
        for key in keys
        if ends[key]
    ]
    return {"n": tally.leads(cell), "per_week": _per_week(tally.leads(cell), weeks), "became": became}


def _per_week(leads: int, weeks: float) -> float:
    return round(leads / weeks, 2)
