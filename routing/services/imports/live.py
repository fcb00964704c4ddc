"""Live rows of a file: each goes through the one door, `intake()`, and is scored and routed as any lead."""

from django.db import transaction

from routing.engine.import_rows import ReadRow, RowError
from routing.exceptions import IntakeRefused, RoutingRefused
from routing.models import Lead, LeadChange
from routing.services.imports.context import ImportContext, Outcome, RowResult
from routing.services.imports.known_leads import KnownLeads
from routing.services.imports.values import values_for
from routing.services.intake import intake
from routing.services.writing import REFUSALS
from routing.types import FROM_FILE, Capture


def take_in(row: ReadRow, context: ImportContext) -> RowResult:
    """Take one row in, in a savepoint of its own; a refusal becomes the errors of the row."""
    lead, conflict = KnownLeads([row]).find(row)
    if conflict is not None:
        return RowResult(row, Outcome.QUARANTINED, (conflict,))
    payload = values_for(row, lead, context) | {"email": row.email}
    if lead is not None and lead.suppressed and _was_noted(lead, payload):
        return RowResult(row, Outcome.UNCHANGED)
    capture = Capture(
        captured_at=row.captured.at if row.captured else None,
        cause=FROM_FILE,
        external=row.external,
        behaviours=tuple(row.behaviours),
    )
    try:
        with transaction.atomic():
            result = intake(payload, acting_user=context.acting_user, now=context.now, capture=capture)
    except IntakeRefused as refusal:
        headings = {key: heading for heading, key in context.spec.fields.items()}
        errors = [
            RowError(e.field, headings.get(e.field, ""), str(e.value), e.message) for e in refusal.errors
        ]
        return RowResult(row, Outcome.QUARANTINED, tuple(errors))
    except RoutingRefused as refusal:
        return RowResult(row, Outcome.QUARANTINED, (RowError("", "", "", " ".join(refusal.messages)),))
    if result.created:
        return RowResult(row, Outcome.CREATED)
    return RowResult(row, Outcome.UPDATED if result.changed else Outcome.UNCHANGED)


def _was_noted(lead: Lead, payload: dict[str, object]) -> bool:
    """Whether this attempt on a suppressed lead is in its log already; a withdrawal is always heard."""
    if payload.get("consent") in REFUSALS and lead.consent != payload["consent"]:
        return False
    attempts = LeadChange.objects.filter(lead=lead, field="intake", cause="suppressed").values_list(
        "after", flat=True
    )
    return sorted(payload) in list(attempts)
