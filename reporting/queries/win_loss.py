"""Decided leads, the moments at which they are judged, and their histories, as of an instant; streamed in batches."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from reporting.engine.win_loss.judging import Reached, deadline, moment_to_judge
from reporting.engine.win_loss.period import outcome_day
from reporting.engine.win_loss.rule import WON, WinLossRule
from reporting.queries.entries import CHUNK, known_entries
from reporting.queries.lead_values import AsOf
from reporting.queries.units import unit_of
from routing.engine.replay.history import LeadHistory, Reads
from routing.models import Lead
from routing.queries.replay.histories import histories

BATCH = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """A lead with its first outcome.

    Attributes:
        day: of the outcome, in the reporting zone.
        before: the last moment that belongs to the time before it.
    """

    lead: int
    outcome: str
    day: date
    before: datetime

    @property
    def won(self) -> bool:
        """Whether it was won."""
        return self.outcome == WON


@dataclass(frozen=True, slots=True)
class Judged:
    """A decided lead with its history and the moment at which it is judged."""

    decided: Decided
    history: LeadHistory
    moment: datetime


def decided_leads(rule: WinLossRule, within: "QuerySet[Lead] | None" = None) -> list[Decided]:
    """Leads whose first outcome lies in the period, by id; of the leads `within` where some are given."""
    entries = _standing(rule).filter(to_stage__in=rule.outcomes).annotate(unit=unit_of(rule.as_of))
    if within is not None:
        entries = entries.filter(unit__in=within.values("pk"))
    if rule.period.until is not None:
        # Later ones are nobody's first outcome in the period; a day of slack, as days are those of the zone.
        after = rule.period.until + timedelta(days=2)
        entries = entries.filter(occurred_at__lt=datetime.combine(after, time.min, tzinfo=UTC))
    rows = entries.order_by("unit", "occurred_at", "id").values_list(
        "unit", "to_stage", "occurred_at", "date_only"
    )
    found = []
    for lead, own in groupby(rows.iterator(chunk_size=CHUNK), key=itemgetter(0)):
        _, stage, at, date_only = next(own)
        day = outcome_day(at, rule.zone, date_only=date_only)
        if rule.period.covers(day):
            found.append(Decided(lead, stage, day, deadline(at, date_only=date_only)))
    return found


def judged_leads(rule: WinLossRule, decided: Sequence[Decided], reads: Reads) -> Iterator[Judged]:
    """The decided leads that can be judged: a few statements per 500.

    Left out are those that have no entry into the judged stage or one behind it before their outcome, and those
    that were not known by then.
    """
    for start in range(0, len(decided), BATCH):
        by_lead = {item.lead: item for item in decided[start : start + BATCH]}
        entries = _funnel_entries(rule, list(by_lead))
        leads = Lead.objects.filter(pk__in=list(entries))
        for history in histories(leads, reads, until=rule.as_of):
            item = by_lead[history.lead]
            moment = moment_to_judge(entries[history.lead], rule.judged.key, item.before)
            moment = None if moment is None else max(moment, history.began)
            if moment is not None and moment <= item.before:
                yield Judged(item, history, moment)


def _funnel_entries(rule: WinLossRule, leads: Collection[int]) -> dict[int, list[Reached]]:
    """Lead → its entries into the judged stage and those behind it, with those of leads merged into it by then."""
    merged = Lead.objects.filter(merged_at__lte=rule.as_of).annotate(unit=unit_of(rule.as_of, ""))
    counts_for = dict(merged.filter(unit__in=leads).values_list("pk", "unit"))
    own = [lead for lead in leads if lead not in counts_for]
    entries = _standing(rule).filter(
        lead__in=[*own, *counts_for], to_stage__in={rule.judged.key, *rule.later}
    )
    found: dict[int, list[Reached]] = defaultdict(list)
    for lead, stage, at in entries.order_by().values_list("lead_id", "to_stage", "occurred_at"):
        found[counts_for.get(lead, lead)].append(Reached(stage, at))
    return found


def _standing(rule: WinLossRule) -> "QuerySet[Any]":
    """Entries known as of then, that nobody had voided."""
    known = known_entries(AsOf(rule.as_of))
    return known.exclude(voided_by__recorded_at__lte=rule.as_of)
