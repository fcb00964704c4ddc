"""Writing refused rows: each is kept once, as it came, with the reason per field."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from routing.choices import QuarantineState
from routing.engine.mapping import MappingSpec
from routing.models import ImportBatch, QuarantinedRow
from routing.services.imports.context import Outcome, RowResult


def row_digest(raw: Mapping[str, str], spec: MappingSpec) -> str:
    """SHA-256 over what the row says and for what: the same row of the same kind of file is the same row."""
    text = json.dumps([spec.mode.value, spec.external_system, sorted(raw.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def keep(batch: ImportBatch, spec: MappingSpec, results: Iterable[RowResult]) -> None:
    """Store the refused rows of a chunk that are not stored yet, in whatever state.

    A row that a person fixed or discarded does not come back when the file is imported again.
    """
    refused = {row_digest(r.row.raw, spec): r for r in results if r.outcome is Outcome.QUARANTINED}
    if not refused:
        return
    known = set(QuarantinedRow.objects.filter(row_digest__in=refused).values_list("row_digest", flat=True))
    QuarantinedRow.objects.bulk_create(
        QuarantinedRow(
            batch=batch,
            row_number=result.row.number,
            row_digest=digest,
            raw=result.row.raw,
            errors=[error.as_json() for error in result.errors],
        )
        for digest, result in refused.items()
        if digest not in known
    )


def close_taken(spec: MappingSpec, results: Iterable[RowResult], now: datetime) -> None:
    """Close open entries of rows that could be taken now, e.g. outcomes whose lead has come meanwhile."""
    waiting = QuarantinedRow.objects.filter(state=QuarantineState.OPEN)
    if not waiting.exists():
        return
    taken = [row_digest(r.row.raw, spec) for r in results if r.outcome is not Outcome.QUARANTINED]
    waiting.filter(row_digest__in=taken).update(state=QuarantineState.FIXED, resolved_at=now)
