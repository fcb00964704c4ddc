"""History rows: leads, values and stage entries written in bulk. No gate, no routing, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from people.access import name_of
from routing.choices import Origin
from routing.engine.history import Fact, lay_out, same_fact
from routing.engine.import_rows import ReadRow, RowError
from routing.engine.mapping import Mode
from routing.models import Behaviour, ExternalId, Lead, LeadChange, SlaClock, StageEntry
from routing.services.clocks import void
from routing.services.imports.context import ImportContext, Outcome, RowResult
from routing.services.imports.known_leads import KnownLeads
from routing.services.imports.values import values_for
from routing.services.writing import Authorship, apply_values

BATCH = 1_000
_STATE = ("stage", "stage_entered_at", "pass_number")


@dataclass(slots=True)
class _Pending:
    """What is to be written for the rows planned so far."""

    created: list[Lead] = field(default_factory=list)
    updated: dict[int, Lead] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    externals: list[ExternalId] = field(default_factory=list)
    changes: list[LeadChange] = field(default_factory=list)
    entries: list[StageEntry] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)


def write_history(rows: Sequence[ReadRow], context: ImportContext) -> list[RowResult]:
    """Plan all `rows`, then write them with one statement per table. The caller holds the transaction.

    Rows are planned in order, so a lead that occurs twice is made by the first row and updated by the second.
    """
    planner = _Planner(context, KnownLeads(rows))
    results = [planner.plan(row) for row in rows]
    _write(planner.pending)
    _settle_clocks(planner.pending, context.now)
    return results


class _Planner:
    def __init__(self, context: ImportContext, known: KnownLeads) -> None:
        self.context = context
        self.known = known
        self.pending = _Pending()
        # Facts of leads that have no primary key yet, by identity of the instance.
        self._new_facts: dict[int, list[Fact]] = {}

    def plan(self, row: ReadRow) -> RowResult:
        """What comes of one row."""
        lead, conflict = self.known.find(row)
        if conflict is not None:
            return RowResult(row, Outcome.QUARANTINED, (conflict,))
        if lead is None and self.context.spec.mode is Mode.OUTCOMES:
            return RowResult(row, Outcome.QUARANTINED, (_unknown_lead(row, self.context),))
        created = lead is None
        target = self._new_lead(row) if lead is None else lead
        changed = self._plan_external(row, target)
        self.known.add(row, target)
        changed |= self._plan_values(row, target)
        changed |= self._plan_stages(row, target)
        changed |= self._plan_behaviours(row, target)
        if created:
            return RowResult(row, Outcome.CREATED)
        if changed and target.pk is not None:
            self.pending.updated[target.pk] = target
        return RowResult(row, Outcome.UPDATED if changed else Outcome.UNCHANGED)

    def _new_lead(self, row: ReadRow) -> Lead:
        now = self.context.now
        lead = Lead(captured_at=_earliest(row) or now, recorded_at=now, is_imported=True)
        self.pending.created.append(lead)
        self._new_facts[id(lead)] = []
        return lead

    def _plan_external(self, row: ReadRow, lead: Lead) -> bool:
        if row.external is None or self.known.knows_external(row):
            return False
        system, value = row.external
        self.pending.externals.append(ExternalId(lead=lead, system=system, value=value))
        return True

    def _plan_values(self, row: ReadRow, lead: Lead) -> bool:
        fields = self.context.reader.fields
        values = values_for(row, lead, self.context)
        if self.known.is_former(row):
            values.pop("email", None)  # the address of a lead that was merged; the survivor keeps its own
        by = Authorship(
            self.context.acting_user, "import", _earliest(row) or self.context.now, self.context.now
        )
        # A grant older than a refusal changes nothing; a file that is read twice must not log it twice.
        changes = [c for c in apply_values(lead, values, fields, by) if c.before != c.after]
        self.pending.changes += changes
        self._note_columns(changes)
        return bool(changes)

    def _note_columns(self, changes: list[LeadChange]) -> None:
        for change in changes:
            is_column = change.field in _COLUMNS
            self.pending.columns |= {change.field if is_column else "attributes", "folded", "email_domain"}
            if change.field == "consent":
                self.pending.columns.add("consent_at")

    def _plan_stages(self, row: ReadRow, lead: Lead) -> bool:
        facts, told = self._facts_of(lead)
        stated = [Fact(s.stage, s.moment.at, s.moment.date_only) for s in row.stages]
        new = [fact for fact in stated if not any(same_fact(known, fact) for known in told)]
        if not new:
            return False
        path = lay_out(facts, new, self.context.glossary.stage_by_key)
        self.pending.entries += [self._entry(lead, entry.fact, entry.from_stage) for entry in path.new]
        self._learn(lead, [entry.fact for entry in path.new])
        lead.stage, lead.stage_entered_at, lead.pass_number = path.stage, path.entered_at, path.pass_number
        self.pending.columns.update(_STATE)
        return True

    def _facts_of(self, lead: Lead) -> tuple[list[Fact], list[Fact]]:
        facts = self._new_facts.get(id(lead))
        if facts is not None:
            return facts, facts
        return self.known.facts[lead.pk], self.known.told[lead.pk]

    def _learn(self, lead: Lead, new: list[Fact]) -> None:
        # Numbered past everything in the log, in the order in which they will be written.
        start = 1 << 62
        start += len(self.pending.entries)
        placed = [
            Fact(f.stage, f.occurred_at, f.date_only, start + i, f.pass_number) for i, f in enumerate(new)
        ]
        facts, told = self._facts_of(lead)
        facts += placed
        if told is not facts:
            told += placed

    def _entry(self, lead: Lead, fact: Fact, from_stage: str) -> StageEntry:
        return StageEntry(
            lead=lead,
            pass_number=fact.pass_number,
            from_stage=from_stage,
            to_stage=fact.stage,
            occurred_at=fact.occurred_at,
            date_only=fact.date_only,
            recorded_at=self.context.now,
            edition=None,
            origin=Origin.IMPORT,
            actor=self.context.acting_user,
            actor_name=name_of(self.context.acting_user),
        )

    def _plan_behaviours(self, row: ReadRow, lead: Lead) -> bool:
        changed = False
        for item in row.behaviours:
            key = (lead.pk or -id(lead), item.name, item.external_key)
            if key in self.known.behaviours:
                continue
            self.known.behaviours.add(key)
            changed = True
            self.pending.behaviours.append(
                Behaviour(
                    lead=lead,
                    name=item.name,
                    occurred_at=item.occurred_at,
                    recorded_at=self.context.now,
                    properties=dict(item.properties),
                    external_key=item.external_key,
                )
            )
        return changed


_COLUMNS = frozenset(f.name for f in Lead._meta.concrete_fields)  # noqa: SLF001 - Django's documented API


def _earliest(row: ReadRow) -> datetime | None:
    """When the interest was shown: as stated, else the first thing that is known of the lead."""
    if row.captured is not None:
        return row.captured.at
    known = [stage.moment.at for stage in row.stages] + [item.occurred_at for item in row.behaviours]
    return min(known, default=None)


def _unknown_lead(row: ReadRow, context: ImportContext) -> RowError:
    heading = context.spec.external_heading
    value = row.external[1] if row.external else row.email
    return RowError(
        "external_id" if row.external else "email",
        heading,
        value,
        f"No lead is known by {value!r}. Import the leads first, then retry this row.",
    )


def _settle_clocks(pending: _Pending, now: datetime) -> None:
    """A live lead that a file moved is no longer where its clocks think: they end without a verdict."""
    moved = {entry.lead_id for entry in pending.entries if not entry.lead.is_imported}
    running = SlaClock.objects.running().filter(lead__in=moved).values("lead")
    for lead in Lead.objects.filter(pk__in=running):
        void(lead, None, "moved by imported history", now)


def _write(pending: _Pending) -> None:
    Lead.objects.bulk_create(pending.created, batch_size=BATCH)
    if pending.updated and pending.columns:
        Lead.objects.bulk_update(list(pending.updated.values()), sorted(pending.columns), batch_size=BATCH)
    ExternalId.objects.bulk_create(pending.externals, batch_size=BATCH)
    LeadChange.objects.bulk_create(pending.changes, batch_size=BATCH)
    StageEntry.objects.bulk_create(pending.entries, batch_size=BATCH)
    Behaviour.objects.bulk_create(pending.behaviours, batch_size=BATCH)
