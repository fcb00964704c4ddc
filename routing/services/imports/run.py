"""Running an import: claimed by one worker, chunk by chunk, safe to kill and to run again."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Q

from glossary.queries.editions import memo
from routing.choices import ImportState
from routing.engine.sheets import Row
from routing.exceptions import ImportRefused
from routing.models import ImportBatch
from routing.services.imports.chunks import process
from routing.services.imports.context import ImportContext, Outcome, RowResult
from routing.services.imports.files import opened
from routing.services.imports.planner import tell_planner
from routing.services.imports.prepare import prepare
from routing.services.imports.quarantine_store import close_taken, keep
from routing.services.imports.start import Order, enqueue

logger = logging.getLogger(__name__)
CHUNK = 1_000
LEASE = timedelta(minutes=10)
_TRIES = 3
_MAX_FINDINGS = 200

Report = Callable[[ImportBatch], object]


class LeaseLost(Exception):
    """Another worker has taken the batch over; this one stops without writing."""


def run_import(batch_id: int, *, now: datetime, report: Report | None = None) -> ImportBatch:
    """Run a batch to its end, or go on where an earlier run stopped. A finished batch is returned as it is.

    1. Claim it by one conditional update; a second worker gets nothing to do.
    2. Read the whole file once: what cannot be imported is refused before the first row is written.
    3. Per chunk one transaction: rows, quarantine and counters together. A chunk is 1,000 rows of history, or
       ends with the first live row: that one is routed, and must keep neither its pool nor SQLite's only
       write lock from anybody else for long. A dry run rolls it back and keeps counters and first findings.

    Args:
        now: recorded_at of everything written; leases tick on from it.
        report: called with the batch after every chunk.
    """
    if not _claim(batch_id, now):
        return ImportBatch.objects.get(pk=batch_id)
    return _run_claimed(batch_id, now, report)


def run_here(batch_id: int, order: Order, *, now: datetime, report: Report | None = None) -> ImportBatch:
    """Order and run a batch in this process, for the terminal: claimed in the transaction that orders it.

    So no worker takes it over in between. Raises Conflict when it runs already or is done.
    """
    with transaction.atomic():
        enqueue(batch_id, replace(order, nudge=False), acting_user=None)
        _claim(batch_id, now)
    return _run_claimed(batch_id, now, report)


def _run_claimed(batch_id: int, now: datetime, report: Report | None) -> ImportBatch:
    started = time.monotonic()
    batch = ImportBatch.objects.select_related("created_by").get(pk=batch_id)
    try:
        with memo():
            _run(batch, now, lambda: now + timedelta(seconds=time.monotonic() - started), report)
    except LeaseLost:
        logger.warning("import %s was taken over by another worker", batch_id)
    except ImportRefused as refusal:
        _finish(batch, ImportState.FAILED, now, "\n".join(refusal.messages))
    except Exception:
        logger.exception("import %s stopped", batch_id)
        _finish(
            batch,
            ImportState.FAILED,
            now,
            f"Stopped by an internal error after row {batch.rows_read:,}. {_GO_ON}",
        )
        raise
    batch.refresh_from_db()
    return batch


_GO_ON = "What was taken in until then stays; start it again and it goes on there."


def due_imports(now: datetime) -> list[int]:
    """Ids of batches that wait, or whose worker was lost, oldest first."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    waiting = ImportBatch.objects.filter(free, state__in=[ImportState.QUEUED, ImportState.RUNNING])
    return list(waiting.order_by("created_at", "id").values_list("pk", flat=True))


def _claim(batch_id: int, now: datetime) -> bool:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    claimed = ImportBatch.objects.filter(
        free, pk=batch_id, state__in=[ImportState.QUEUED, ImportState.RUNNING]
    ).update(state=ImportState.RUNNING, leased_until=now + LEASE, error="")
    if claimed:
        ImportBatch.objects.filter(pk=batch_id, started_at__isnull=True).update(started_at=now)
    return bool(claimed)


def _run(batch: ImportBatch, now: datetime, tick: Callable[[], datetime], report: Report | None) -> None:
    context, total = prepare(batch, now=now)
    dates = {heading: fmt.value for heading, fmt in context.reader.formats.items()}
    # A list keeps its order in every database; the keys of a JSON object don't.
    headings = list(context.reader.headings)
    batch.rows_total, batch.dialect = total, batch.dialect | {"dates": dates, "headings": headings}
    batch.save(update_fields=["rows_total", "dialect"])
    seen: set[str] = set()
    with opened(batch) as sheet:
        for rows in _chunks(islice(sheet.rows, batch.rows_read, None), context.reader.seems_live):
            before = batch.rows_read
            _run_chunk(batch, rows, context, seen, tick())
            tell_planner(before, before + len(rows))
            if report is not None:
                report(batch)
    _finish(batch, ImportState.DONE, tick(), "")


def _chunks(rows: Iterator[Row], ends: Callable[[Row], bool]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK or ends(row):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _run_chunk(
    batch: ImportBatch, rows: Sequence[Row], context: ImportContext, seen: set[str], moment: datetime
) -> None:
    """One chunk in one transaction; tried again when an intake made one of its leads meanwhile, or on a deadlock."""
    for attempt in range(1, _TRIES + 1):
        try:
            with _transaction(dry_run=batch.dry_run):
                results = process(rows, context)
                if not batch.dry_run:
                    keep(batch, context.spec, results)
                    close_taken(context.spec, results, context.now)
                    _count(batch, _tally(results), moment)
            break
        except (IntegrityError, OperationalError):
            if attempt == _TRIES:
                raise
    if batch.dry_run:
        _note_findings(batch, results)
        _count(batch, _tally(_as_if_written(results, seen)), moment)
    batch.refresh_from_db()


@contextmanager
def _transaction(*, dry_run: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(dry_run)


def _tally(results: Sequence[RowResult]) -> Counter[Outcome]:
    return Counter(result.outcome for result in results)


def _as_if_written(results: Sequence[RowResult], seen: set[str]) -> list[RowResult]:
    """A dry run forgets its chunks: a lead that an earlier chunk would have made is no new one."""
    told: list[RowResult] = []
    for result in results:
        again = result.outcome is Outcome.CREATED and not seen.isdisjoint(result.row.identities)
        told.append(RowResult(result.row, Outcome.UPDATED) if again else result)
    seen.update(key for r in results if r.outcome is Outcome.CREATED for key in r.row.identities)
    return told


def _count(batch: ImportBatch, tally: Counter[Outcome], moment: datetime) -> None:
    """Add to the counters, but only if nobody else has moved them: a lost lease writes nothing."""
    counted = ImportBatch.objects.filter(
        pk=batch.pk, state=ImportState.RUNNING, rows_read=batch.rows_read
    ).update(
        rows_read=F("rows_read") + tally.total(),
        rows_created=F("rows_created") + tally[Outcome.CREATED],
        rows_updated=F("rows_updated") + tally[Outcome.UPDATED],
        rows_unchanged=F("rows_unchanged") + tally[Outcome.UNCHANGED],
        rows_quarantined=F("rows_quarantined") + tally[Outcome.QUARANTINED],
        leased_until=moment + LEASE,
    )
    if not counted:
        raise LeaseLost


def _note_findings(batch: ImportBatch, results: Sequence[RowResult]) -> None:
    room = _MAX_FINDINGS - len(batch.findings)
    refused = [r for r in results if r.outcome is Outcome.QUARANTINED][: max(room, 0)]
    if refused:
        batch.findings = batch.findings + [
            {"row": r.row.number, "errors": [error.as_json() for error in r.errors]} for r in refused
        ]
        batch.save(update_fields=["findings"])


def _finish(batch: ImportBatch, state: ImportState, moment: datetime, error: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=ImportState.RUNNING).update(
        state=state, finished_at=moment, leased_until=None, error=error
    )
