"""intake(): the one door for a live lead. Normalise, find, write, judge, route: all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField
from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from people.models import User
from routing.engine.contract import normalise
from routing.engine.documents.routing import CAPTURED
from routing.exceptions import Conflict, IntakeRefused
from routing.models import ExternalId, Lead, LeadChange
from routing.services import assign, clocks
from routing.services.advance import NO_EVIDENCE, judge
from routing.services.behaviours import behaviour_errors, write_behaviours
from routing.services.identity import identify, identity_errors
from routing.services.locking import locked_survivor
from routing.services.qualify import qualify
from routing.services.rescore import rescore
from routing.services.stage_log import Step, write_entry
from routing.services.writing import REFUSALS, Authorship, apply_values, change_of
from routing.types import Capture, FieldError

LIVE = Capture()
_TRIES = 3
_TOO_BUSY = "This lead is being written by somebody else over and over. Send it again in a moment."


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of the payload. `changed`: a value or a behaviour that was not known before was written."""

    lead: Lead
    created: bool
    changed: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A checked payload on its way in."""

    values: Mapping[str, object]
    capture: Capture
    edition: EditionInForce
    by: Authorship


def intake(
    payload: Mapping[str, object], *, acting_user: User | None, now: datetime, capture: Capture = LIVE
) -> IntakeResult:
    """Take a live lead in. `payload` maps contract field keys to raw values.

    1. Normalise against the contract in force; every error is raised at once as IntakeRefused.
    2. Find the lead: by external id, then by e-mail. A suppressed one takes nothing but a withdrawn consent;
       the attempt is noted in its change log.
    3. Create or update it, with a change row per value; first stage entry; the capture clocks start.
    4. Judge it by the rules (`qualify`), and route it when it has no place yet.

    One transaction: nothing is half written. Two intakes of one e-mail at once: the database lets one
    create it, the other becomes an update of the same lead.
    """
    edition = edition_at(now)
    fields = edition.document(GlossaryDocument).field_by_key
    clean = normalise(payload, fields)
    errors = [*clean.errors, *identity_errors(clean, capture), *_capture_errors(capture, now)]
    if errors:
        raise IntakeRefused(errors)
    by = Authorship(acting_user, capture.cause, capture.captured_at or now, now)
    arrival = Arrival(clean.values, capture, edition, by)
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                lead, created, changed = _take(arrival)
            break
        except IntegrityError as error:
            # Somebody else created the same e-mail or external id meanwhile: now it is found, and updated.
            if attempt + 1 == _TRIES:
                raise Conflict(_TOO_BUSY) from error
    return IntakeResult(lead, created, changed, tuple(clean.notes))


def _take(arrival: Arrival) -> tuple[Lead, bool, bool]:
    found = identify(arrival.values, arrival.capture)
    if found is None:
        return _create(arrival), True, True
    lead = locked_survivor(found.lead_id)
    values = dict(arrival.values)
    if found.by_former_address:
        values.pop("email", None)  # the address of a lead that was merged; the survivor keeps its own
    if lead.suppressed:
        return lead, False, _note_attempt(lead, values, arrival)
    return lead, False, _update(lead, values, arrival)


def _create(arrival: Arrival) -> Lead:
    by, now = arrival.by, arrival.by.now
    lead = Lead(captured_at=by.occurred_at, recorded_at=now)
    changes = apply_values(lead, arrival.values, _fields(arrival), by)
    lead.save(force_insert=True)
    LeadChange.objects.bulk_create(changes)
    _remember_external_id(lead, arrival.capture)
    _enter_first_stage(lead, arrival)
    write_behaviours(lead, arrival.capture.behaviours, now)
    qualify(lead.pk, now=now)
    _route(lead, now)
    return lead


def _update(lead: Lead, values: Mapping[str, object], arrival: Arrival) -> bool:
    now = arrival.by.now
    changes = apply_values(lead, values, _fields(arrival), arrival.by)
    if changes:
        lead.save()
        LeadChange.objects.bulk_create(changes)
    linked = _remember_external_id(lead, arrival.capture)
    new_behaviours = write_behaviours(lead, arrival.capture.behaviours, now)
    if changes or new_behaviours:
        qualify(lead.pk, now=now)
    lead.refresh_from_db()
    if lead.owner_id is None and not lead.queue:
        _route(lead, now)
    return bool(changes or new_behaviours or linked)


def _route(lead: Lead, now: datetime) -> None:
    """Find the lead its place. What no rule can place is routing's own matter; the lead is taken in anyway."""
    assign.route(lead.pk, now=now)
    lead.refresh_from_db()


def _note_attempt(lead: Lead, values: Mapping[str, object], arrival: Arrival) -> bool:
    """A suppressed lead is left alone; the attempt stands in its log. Withdrawing consent is always heard."""
    by = Authorship(arrival.by.acting_user, "suppressed", arrival.by.occurred_at, arrival.by.now)
    refusal = {"consent": values["consent"]} if values.get("consent") in REFUSALS else {}
    changes = apply_values(lead, refusal, _fields(arrival), by)
    if changes:
        lead.save(update_fields=["consent", "consent_at"])
    attempt = change_of(lead, "intake", None, sorted(values), by)
    LeadChange.objects.bulk_create([*changes, attempt])
    return bool(changes)


def _enter_first_stage(lead: Lead, arrival: Arrival) -> None:
    """The entry stands whatever its definition says, refusing would lose the lead. The verdict is kept."""
    edition, by = arrival.edition, arrival.by
    first = edition.document(GlossaryDocument).funnel()[0]
    facts = rescore(lead, edition=edition, now=by.now)
    verdict = judge(first, facts, edition, NO_EVIDENCE, by.now)
    clocks.on_event(lead, CAPTURED, occurred_at=by.occurred_at, now=by.now, edition=edition)
    step = Step(first.key, lead.pass_number, by.occurred_at, verdict.as_json(), by.cause)
    write_entry(lead, step, edition=edition, acting_user=by.acting_user, now=by.now)


def _remember_external_id(lead: Lead, capture: Capture) -> bool:
    if capture.external is None:
        return False
    system, value = capture.external
    _, created = ExternalId.objects.get_or_create(system=system, value=value, defaults={"lead": lead})
    return created


def _capture_errors(capture: Capture, now: datetime) -> list[FieldError]:
    found = behaviour_errors(capture.behaviours, now)
    at = capture.captured_at
    if at is not None and (at.tzinfo is None or at > now):
        message = f"{at} is no past instant with a time zone. Send when the interest was shown, in UTC"
        found.append(FieldError("captured_at", str(at), message))
    return found


def _fields(arrival: Arrival) -> Mapping[str, ContractField]:
    return arrival.edition.document(GlossaryDocument).field_by_key
