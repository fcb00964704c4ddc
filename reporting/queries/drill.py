"""Drill-down: the leads behind a number of a report, as many of them as the reader may see."""

from dataclasses import dataclass
from datetime import date

from people.models import User
from reporting.engine.attainment import Clock
from reporting.engine.cells import CELLS
from reporting.engine.funnel import follow
from reporting.engine.journeys import Journey, Standing
from reporting.engine.rule import MONTH, TOTAL, ConversionRule
from reporting.engine.stage_line import StageLine
from reporting.queries.clocks import ClockQuestion, clocks_of, identified_clocks
from reporting.queries.entries import EntryLog
from reporting.queries.lead_values import AsOf
from routing.models import Lead, SlaClock


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a report: the key of its row (None = the total), and which of the row's counts."""

    row: str | None
    name: str


@dataclass(frozen=True, slots=True)
class LeadBehind:
    """A lead behind a conversion number: the day it entered, where it stood, days to the conversion."""

    lead: int
    day: date
    standing: Standing
    mature: bool
    converted: bool
    days: float | None

    @property
    def words(self) -> str:
        """Where the lead stood then, in words."""
        if self.standing is Standing.ADVANCED:
            return "reached it in time" if self.converted else "reached it late"
        return self.standing.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class ClockBehind:
    """A clock behind an SLA number and its lead."""

    clock: int
    lead: int
    business_seconds: float | None


def leads_behind(
    cell: Cell, rule: ConversionRule, line: StageLine, as_of: AsOf, user: User
) -> list[LeadBehind]:
    """The leads behind a conversion number that `user` may see, newest first.

    Counted by the engine itself, from the log as of then, so the list cannot disagree with the report. Raises
    KeyError for a cell that no row has.
    """
    belongs = CELLS[cell.name]
    dimensions = () if rule.by in {TOTAL, MONTH} else (rule.by,)
    log = EntryLog(as_of, dimensions, within=Lead.objects.visible_to(user))
    found = [
        _behind(journey)
        for key, journey in follow(log, line, rule, dimensions)
        if cell.row in {None, key} and belongs(journey)
    ]
    return sorted(found, key=lambda item: (-item.day.toordinal(), item.lead))


def _behind(journey: Journey) -> LeadBehind:
    lead = journey.lead
    assert isinstance(lead, int)  # noqa: S101 - ids of our own log
    return LeadBehind(lead, journey.day, journey.standing, journey.mature, journey.converted, journey.days)


def clocks_behind(cell: Cell, question: ClockQuestion, user: User) -> list[ClockBehind]:
    """The clocks behind an SLA number whose leads `user` may see, newest first."""
    visible = clocks_of(question).filter(lead__in=Lead.objects.visible_to(user).values("pk"))
    found = [
        ClockBehind(pk, lead, clock.business_seconds)
        for (pk, lead), clock in identified_clocks(question, visible)
        if cell.row in {None, clock.key} and _counts(clock, cell.name)
    ]
    return sorted(found, key=lambda item: -item.clock)


CLOCK_CELLS = ("met", "late", "overdue", "pending", "void", "counted", "clocks")


def _counts(clock: Clock, name: str) -> bool:
    if name == "clocks":
        return True
    if name == "counted":
        return clock.state in {"met", "late", "overdue"}
    return clock.state == name


def leads_by_id(ids: list[int]) -> "dict[int, Lead]":
    """These leads by id, with their owners."""
    return Lead.objects.select_related("owner").in_bulk(ids)


def clocks_by_id(ids: list[int]) -> "dict[int, SlaClock]":
    """These clocks by id, with their leads and owners."""
    return SlaClock.objects.select_related("lead", "lead__owner").in_bulk(ids)
