"""A case: one lead in the hands of one act. What is known of it is read once, what becomes of it written once."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from glossary.engine.documents import GlossaryDocument
from glossary.types import D, EditionInForce
from routing.engine.evaluate import BehaviourFact, Facts
from routing.engine.values import EARLIEST
from routing.models import CalendarRevision, Lead, LeadChange, StageEntry
from routing.queries.first_touch import first_touch_of
from routing.queries.history import Entered, entered_stages
from routing.queries.late_facts import (
    LateBehaviours,
    LateRecords,
    LateValues,
    Record,
    behaviours_of,
    record_key,
    records_of,
)
from routing.services.calendars import calendar_for
from routing.services.clock_book import ClockBook

_COLUMNS = tuple(field.attname for field in Lead._meta.concrete_fields)  # noqa: SLF001 - Django's documented API


class Case:
    """One lead during one act, under the policies of one moment.

    Whoever opens a case holds the lead's row lock (or has just created the lead: `is_new`, nothing older is
    stored of it). Changed columns and new rows wait until `save()`: queries made in between do not see them,
    the case's own answers do.
    """

    def __init__(self, lead: Lead, edition: EditionInForce, now: datetime, *, is_new: bool = False) -> None:
        self.lead, self.edition, self.now, self.is_new = lead, edition, now, is_new
        self.clocks = ClockBook(lead, is_new=is_new)
        self._stored = _columns(lead)
        self._changes: list[LeadChange] = []
        self._new_entries: list[StageEntry] = []
        self._entered: list[Entered] | None = [] if is_new else None
        self._behaviours: list[BehaviourFact] | None = [] if is_new else None
        self._records: dict[str, Record] | None = {} if is_new else None
        self._touched: dict[int, datetime | None] = {}
        self._hours: dict[str, CalendarRevision] = {}

    @property
    def glossary(self) -> GlossaryDocument:
        """The glossary in force."""
        return self.edition.document(GlossaryDocument)

    def document(self, cls: type[D]) -> D:
        """A document in force."""
        return self.edition.document(cls)

    def facts(self) -> Facts:
        """What is known of the lead at this point of the act."""
        news = {record_key(row.field): (row.recorded_at, row.cause) for row in self._changes}
        records = LateRecords(self._stored_records, news)
        return Facts(self.values(), LateBehaviours(self._all_behaviours), records)

    def values(self) -> LateValues:
        """The lead's values at this point of the act."""
        first_touch_at = partial(self._first_touch, self.lead.pass_number)
        return LateValues(self.lead, first_touch_at=first_touch_at, now=self.now)

    def entered(self) -> list[Entered]:
        """The standing entries written on the lead itself, in every pass."""
        if self._entered is None:
            self._entered = [*entered_stages(self.lead), *map(_entered, self._new_entries)]
        return self._entered

    def pass_began(self, number: int) -> datetime | None:
        """When the lead entered the first stage of a pass; None when it has entered none in it."""
        own = (entry.occurred_at for entry in self.entered() if entry.pass_number == number)
        return min(own, default=None)

    def hours(self, queue: str) -> CalendarRevision:
        """The hours that a queue works by; raises as `calendar_for`."""
        if queue not in self._hours:
            self._hours[queue] = calendar_for(queue, self.edition, now=self.now)
        return self._hours[queue]

    def log(self, changes: Iterable[LeadChange]) -> None:
        """Change rows, still to be written."""
        self._changes.extend(changes)

    def enter(self, entry: StageEntry) -> None:
        """A stage entry, still to be written."""
        self._new_entries.append(entry)
        if self._entered is not None:
            self._entered.append(_entered(entry))

    def did(self, behaviour: BehaviourFact) -> None:
        """A behaviour that this act wrote down."""
        if self._behaviours is not None:
            self._behaviours.append(behaviour)
            self._behaviours.sort(key=lambda fact: fact.occurred_at)

    def save(self) -> None:
        """Write what is new since the last time: change rows, entries, clocks, and the lead's changed columns."""
        LeadChange.objects.bulk_create(self._changes)
        if self._records is not None:
            self._records.update((record_key(r.field), (r.recorded_at, r.cause)) for r in self._changes)
        self._changes = []
        StageEntry.objects.bulk_create(self._new_entries)
        self._new_entries = []
        self.clocks.save()
        columns = _columns(self.lead)
        changed = [name for name, value in columns.items() if value != self._stored[name]]
        if changed:
            self.lead.save(update_fields=changed)
            self._stored = columns

    def _all_behaviours(self) -> list[BehaviourFact]:
        if self._behaviours is None:
            self._behaviours = behaviours_of(self.lead, now=self.now)
        return self._behaviours

    def _stored_records(self) -> dict[str, Record]:
        if self._records is None:
            self._records = records_of(self.lead, now=self.now)
        return self._records

    def _first_touch(self, number: int) -> datetime | None:
        """The first touch in a pass: of those after the first, only what came since they began counts."""
        if self.is_new:
            return None
        if number not in self._touched:
            since = None if number == 1 else self.pass_began(number) or EARLIEST
            self._touched[number] = first_touch_of(self.lead, since=since, now=self.now)
        return self._touched[number]


def _columns(lead: Lead) -> dict[str, object]:
    values = vars(lead)
    return {name: values[name] for name in _COLUMNS}


def _entered(entry: StageEntry) -> Entered:
    return Entered(entry.to_stage, entry.pass_number, entry.occurred_at)
