"""Deciding what happens to an uploaded file: mapping, dry run or real, and into the queue; named mappings."""

from dataclasses import dataclass

from django.db import transaction

from notifications.nudges import on_commit_nudge
from people.models import User
from routing.choices import ImportState
from routing.engine.mapping import MappingSpec
from routing.engine.mapping_files import MappingRefused, parse_mapping
from routing.engine.sheets import Dialect
from routing.exceptions import Conflict, ImportRefused
from routing.models import ImportBatch, ImportMapping

NUDGE = "routing.run_imports"


@dataclass(frozen=True, slots=True)
class Order:
    """How a batch is to be run.

    Attributes:
        dialect: what is empty in it is detected; None = as the batch has it.
        nudge: whether a worker is told at once; False = the caller runs it itself.
    """

    spec: MappingSpec
    mapping_name: str = ""
    dialect: Dialect | None = None
    dry_run: bool = False
    nudge: bool = True


@transaction.atomic
def enqueue(batch_id: int, order: Order, *, acting_user: User | None) -> ImportBatch:
    """Put an uploaded, tried or failed batch into the queue with this mapping.

    After a dry run all counters begin anew. A failed batch goes on behind the rows that were taken in.

    Raises:
        Conflict: it waits or runs already, or is done.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    tried = batch.dry_run and batch.state in {ImportState.DONE, ImportState.FAILED}
    if not tried and batch.state not in {ImportState.UPLOADED, ImportState.FAILED}:
        raise Conflict(f"The import of {batch.file_name} is {batch.get_state_display().lower()} already.")
    if tried:
        batch.rows_read = batch.rows_created = batch.rows_updated = 0
        batch.rows_unchanged = batch.rows_quarantined = 0
    if order.dialect is not None:
        batch.dialect = order.dialect.as_json()
    batch.mapping, batch.mapping_name, batch.dry_run = order.spec.as_json(), order.mapping_name, order.dry_run
    batch.state, batch.error, batch.findings = ImportState.QUEUED, "", []
    batch.started_at = batch.finished_at = batch.leased_until = None
    batch.created_by = batch.created_by or acting_user
    batch.save()
    if order.nudge:
        on_commit_nudge(NUDGE)
    return batch


def adopt_mapping(batch: ImportBatch, mapping: ImportMapping | MappingSpec) -> None:
    """Give an uploaded batch a mapping without starting it; only its preview shows it so far."""
    batch.mapping = mapping.spec if isinstance(mapping, ImportMapping) else mapping.as_json()
    batch.mapping_name = mapping.name if isinstance(mapping, ImportMapping) else batch.mapping_name
    batch.save(update_fields=["mapping", "mapping_name"])


@transaction.atomic
def save_mapping(name: str, spec: MappingSpec, *, acting_user: User | None) -> ImportMapping:
    """Keep a mapping under a name; the same name again replaces it, the history keeps the earlier ones."""
    mapping, _ = ImportMapping.objects.update_or_create(
        name=name,
        defaults={"spec": spec.as_json()},
        create_defaults={"spec": spec.as_json(), "created_by": acting_user},
    )
    return mapping


def named_mapping(name: str) -> MappingSpec:
    """A kept mapping; raises ImportRefused naming those that exist."""
    found = ImportMapping.objects.filter(name=name).first()
    if found is None:
        names = ", ".join(ImportMapping.objects.values_list("name", flat=True)) or "none is kept yet"
        raise ImportRefused(f"There is no mapping called {name!r}. Known mappings: {names}.")
    try:
        return parse_mapping(found.spec, f"The mapping {name}")
    except MappingRefused as refusal:
        raise ImportRefused(refusal.messages) from None
