"""Histories of leads, read in bulk: four statements per two thousand leads, and one more per log that is asked for.

The same facts as routing.queries.facts_then gives for one lead at one instant, which a test holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, repeat
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from routing.engine.facts import BehaviourFact, facts_of
from routing.engine.replay.history import LOGGED, LeadHistory, Reads, ValueChange
from routing.engine.values import EARLIEST
from routing.models import Behaviour, Lead, LeadChange
from routing.queries.columns import COLUMNS
from routing.queries.facts_then import value_of_log
from routing.queries.joined import SEPARATOR, JoinedText
from routing.queries.late_facts import record_key
from routing.queries.numbers import Among
from routing.queries.replay.logs import lines_of

BATCH = 2_000
# What each row begins with: id, captured, recorded, imported.
_OWN = 4
_NOT_STORED = LOGGED | {"age_days", "email_domain", "icp_grade", "intent_score"}
_NOTHING: dict[str, object] = {}
_Told = tuple[int, list[str], list[datetime], list[datetime], Iterable[Mapping[str, object]]]
Changes = dict[int, list[ValueChange]]


class _Keys(NamedTuple):
    """What a row holds behind its own: so many carried columns, columns, and attributes."""

    columns: list[str]
    attributes: list[str]
    carried: int


@dataclass(slots=True)
class _Read:
    """What the logs say of a batch of leads, by lead."""

    changes: Changes = field(default_factory=lambda: defaultdict(list))
    before: dict[int, dict[str, object]] = field(default_factory=lambda: defaultdict(dict))
    facts: dict[int, list[BehaviourFact]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Leads in hand: their rows by id, the leads merged into them (id → survivor, when), and what is asked."""

    rows: dict[int, tuple[Any, ...]]
    merged: dict[int, tuple[int, datetime]]
    reads: Reads
    until: datetime

    def ids(self) -> list[int]:
        """Of the leads and of those merged into them."""
        return [*self.rows, *self.merged]

    def known_from(self, lead: int, occurred_at: datetime, recorded_at: datetime) -> datetime:
        """When a row of a log became known: an import tells what was known when it happened."""
        _, _, known_since, imported = self.rows[lead][:4]
        told = imported and recorded_at <= known_since
        return occurred_at if told else recorded_at


def histories(
    leads: "QuerySet[Lead]",
    reads: Reads,
    *,
    until: datetime,
    at_once: bool = False,
    carrying: Sequence[str] = (),
) -> Iterator[LeadHistory]:
    """The history of each lead up to `until` (aware), streamed, as far as `reads` asks for it.

    Args:
        leads: none of them merged into another.
        at_once: read their rows in one go instead of through a cursor. PostgreSQL then finds them with several
            workers, which it does not for cursors; for so many leads as may be in memory.
        carrying: columns that the caller wants beside, as they are today.
    """
    columns = sorted(key for key in reads.fields - _NOT_STORED if key in COLUMNS)
    attributes = sorted(reads.fields - _NOT_STORED - set(columns))
    keys = _Keys(columns, attributes, len(carrying))
    own = ("pk", "captured", "recorded", "is_imported")
    instants = {key: Cast(f"{key}_at", TextField()) for key in ("captured", "recorded")}
    rows = leads.order_by("pk").annotate(**instants)
    listed = rows.values_list(*own, *carrying, *columns, *(["attributes"] if attributes else []))
    stream = iter(listed) if at_once else listed.iterator(chunk_size=BATCH)
    while chunk := list(islice(stream, BATCH)):
        yield from _with_logs(_with_instants(chunk), keys, reads, until)


def _with_instants(chunk: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The instants come as texts: read in one go they cost a tenth."""
    captured, recorded = (_instants(SEPARATOR.join(row[place] for row in chunk)) for place in (1, 2))
    return [(row[0], at, known, *row[3:]) for row, at, known in zip(chunk, captured, recorded, strict=True)]


def _with_logs(
    chunk: Sequence[tuple[Any, ...]], keys: _Keys, reads: Reads, until: datetime
) -> Iterator[LeadHistory]:
    batch = _Batch({row[0]: row for row in chunk}, {}, reads, until)
    batch.merged.update(_merged_into(batch))
    read = _Read()
    _read_changes(batch, read)
    _read_behaviours(batch, read)
    lines = lines_of(batch.ids(), batch.merged, reads, batch.known_from) if reads.fields & LOGGED else {}
    for row in chunk:
        yield _history(row, keys, read, lines.get(row[0], ()), until)


def _history(
    row: tuple[Any, ...],
    keys: _Keys,
    read: _Read,
    lines: Iterable[ValueChange],
    until: datetime,
) -> LeadHistory:
    lead, captured_at, recorded_at, imported = row[:4]
    first = _OWN + keys.carried
    values: dict[str, object] = {
        key: float(value) if type(value) is Decimal else value
        for key, value in zip(keys.columns, row[first:], strict=False)
    }
    if keys.attributes:
        stated = row[-1] or {}
        values |= {key: stated.get(key) for key in keys.attributes}
    began = captured_at if imported else recorded_at
    changes: list[ValueChange] = []
    if lead in read.before:
        values |= read.before[lead]
        changes = read.changes.get(lead, [])
    if lines:
        # What the logs say of the beginning is no change.
        values |= {"stage": "", "owner": "", "first_touch_at": None}
        values |= {
            change.field: change.value for change in sorted(lines, key=itemgetter(0)) if change.at <= began
        }
        changes = [change for change in (*changes, *lines) if change.at > began]
    changes.sort(key=itemgetter(0))
    return LeadHistory(
        lead,
        began,
        until,
        values,
        changes,
        read.facts.get(lead, ()),
        imported=imported,
        carried=row[_OWN:first],
    )


def _merged_into(batch: _Batch) -> dict[int, tuple[int, datetime]]:
    # Merges are rare: bounds find them at once, where SQLite would read all leads to look for many ids.
    rows = Lead.objects.filter(merged_into__gte=min(batch.rows), merged_into__lte=max(batch.rows))
    found = rows.filter(merged_at__lte=batch.until).values_list("pk", "merged_into_id", "merged_at")
    return {pk: (into, at) for pk, into, at in found if into in batch.rows and at is not None}


def _read_changes(batch: _Batch, read: _Read) -> None:
    """Later changes of the fields that are read, oldest first; the first one tells the value before it."""
    stored = batch.reads.fields - _NOT_STORED
    names = [*stored, *(f"attributes.{key}" for key in stored)]
    rows = LeadChange.objects.filter(Among("lead_id", batch.rows), field__in=names).order_by(
        "recorded_at", "id"
    )
    for lead, name, before, after, at in rows.values_list(
        "lead_id", "field", "before", "after", "recorded_at"
    ):
        if at <= batch.rows[lead][2]:
            continue  # stated with the lead itself
        key = record_key(name)
        if key not in read.before[lead]:
            read.before[lead][key] = value_of_log(key, before)
        if at <= batch.until:
            read.changes[lead].append(ValueChange(at, key, value_of_log(key, after)))


def _read_behaviours(batch: _Batch, read: _Read) -> None:
    if not batch.reads.behaviours:
        return
    # Not by when they were recorded: what an import told later was known when it happened.
    rows = Behaviour.objects.filter(Among("lead_id", batch.ids()), name__in=batch.reads.behaviours).filter(
        occurred_at__lte=batch.until
    )
    told = _with_properties(rows) if batch.reads.properties else _joined(rows)
    for own, names, occurred, recorded, properties in told:
        lead, merged_at = batch.merged.get(own, (own, None))
        known = recorded
        if merged_at is not None or batch.rows[lead][3]:
            pairs = zip(occurred, recorded, strict=True)
            known = [max(batch.known_from(lead, *pair), merged_at or EARLIEST) for pair in pairs]
        facts = facts_of(names, occurred, known, properties)
        if max(known) > batch.until:
            facts = [fact for fact in facts if fact.recorded_at <= batch.until]
        read.facts[lead] += facts


def _with_properties(rows: "QuerySet[Behaviour]") -> Iterator[_Told]:
    fields = ("lead_id", "name", "occurred_at", "recorded_at", "properties")
    for lead, name, occurred, recorded, properties in rows.order_by().values_list(*fields):
        yield lead, [name], [occurred], [recorded], [properties]


def _joined(rows: "QuerySet[Behaviour]") -> Iterator[_Told]:
    """What each lead did, in one row per lead: most of the time would go into rows and their instants otherwise."""
    # What was recorded as it happened needs no second text: to write and to read instants is most of the work.
    as_it_happened = When(recorded_at=F("occurred_at"), then=Value(""))
    late = Case(as_it_happened, default=Cast("recorded_at", TextField()), output_field=TextField())
    texts = {
        "names": "name",
        "occurred": Cast("occurred_at", TextField()),
        "recorded": late,
    }
    joined = {key: JoinedText(text) for key, text in texts.items()}
    groups = rows.order_by().values("lead_id").annotate(**joined).values_list("lead_id", *joined)
    for lead, names, occurred, recorded in groups:
        known = instants = _instants(occurred)
        if recorded.strip(SEPARATOR):
            pairs = zip(occurred.split(SEPARATOR), recorded.split(SEPARATOR), strict=True)
            known = _instants(SEPARATOR.join(told or same for same, told in pairs))
        yield lead, names.split(SEPARATOR), instants, known, repeat(_NOTHING)


def _instants(joined: str) -> list[datetime]:
    """Instants as the databases write them: in UTC, SQLite without saying so."""
    instants = list(map(datetime.fromisoformat, joined.split(SEPARATOR)))
    if instants[0].tzinfo is None:
        return [instant.replace(tzinfo=UTC) for instant in instants]
    return instants
