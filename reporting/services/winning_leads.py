"""The leads behind a number of the win/loss check, judged anew from the log, so that list and number agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from pydantic import TypeAdapter

from glossary.engine.conditions import BehaviourCriterion, Criterion
from glossary.types import EditionInForce
from reporting.engine.parameters import WinLossParameters
from reporting.engine.win_loss.asked import asked_of
from reporting.engine.win_loss.judging import facts_to_judge, reads_of
from reporting.engine.win_loss.tally import CELLS, plain_value, side_of
from reporting.queries.win_loss import decided_leads, judged_leads
from reporting.services.winning import policies_of, win_loss_rule
from routing.engine.comparisons import matching
from routing.engine.evaluate import Answer
from routing.engine.facts import Facts
from routing.models import Lead

# The cells of the total: all judged leads of an outcome.
TOTAL_CELLS = ("won", "lost")
CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)


@dataclass(frozen=True, slots=True)
class LineCell:
    """A number of the check: the stored row that it stands in (None = the total), and the name of its cell."""

    row: dict[str, Any] | None
    name: str


@dataclass(frozen=True, slots=True)
class LeadBehindLine:
    """A lead behind a number.

    Attributes:
        outcome: key of the stage.
        day: of the outcome, in the reporting zone.
        judged_at: as of when it was judged.
        seen: what stood there then; of a behaviour, how often it had happened.
    """

    lead: int
    outcome: str
    day: date
    judged_at: datetime
    seen: str


def leads_behind_line(
    cell: LineCell,
    parameters: WinLossParameters,
    as_of: datetime,
    edition: EditionInForce,
    within: "QuerySet[Lead]",
) -> list[LeadBehindLine]:
    """The leads `within` that a number counts, the latest outcome first. Raises KeyError for an unknown cell."""
    found = _behind(cell, parameters, as_of, edition, within)
    return sorted(found, key=lambda item: (-item.day.toordinal(), item.lead))


def _behind(
    cell: LineCell,
    parameters: WinLossParameters,
    as_of: datetime,
    edition: EditionInForce,
    within: "QuerySet[Lead]",
) -> Iterator[LeadBehindLine]:
    policies, rule = policies_of(edition), win_loss_rule(parameters, as_of, edition)
    won, wanted = _wanted(cell)
    criterion = None if cell.row is None else CRITERION.validate_python(cell.row["criterion"])
    asked = [] if criterion is None else [asked_of(criterion, policies)]
    decided = [item for item in decided_leads(rule, within) if item.won is won]
    for judged in judged_leads(rule, decided, reads_of(asked, policies.scoring, None)):
        facts = facts_to_judge(judged.history, judged.moment, policies.scoring)
        seen = ""
        if criterion is not None:
            if side_of(criterion, facts, judged.moment, policies.scoring.thresholds) is not wanted:
                continue
            seen = _seen(criterion, facts, judged.moment)
        yield LeadBehindLine(
            judged.decided.lead, judged.decided.outcome, judged.decided.day, judged.moment, seen
        )


def _wanted(cell: LineCell) -> tuple[bool, Answer | None]:
    return (cell.name == TOTAL_CELLS[0], None) if cell.row is None else CELLS[cell.name]


def _seen(criterion: Criterion, facts: Facts, now: datetime) -> str:
    if isinstance(criterion, BehaviourCriterion):
        times = len(matching(criterion, facts.behaviours_by_name.get(criterion.behaviour, []), now))
        return f"{times:,} ×"
    value = plain_value(facts.values.get(criterion.field))
    return "" if value is None else str(value)
