"""intake(): the one door for a live lead. Normalise, find, write, judge, route: all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField
from glossary.queries.editions import edition_at, memo
from glossary.types import EditionInForce
from people.models import User
from routing.engine.contract import normalise
from routing.engine.documents.routing import CAPTURED
from routing.exceptions import Conflict, IntakeRefused
from routing.models import ExternalId, Lead, LeadChange
from routing.services import assign, clocks
from routing.services.advance import judge
from routing.services.behaviours import behaviour_errors, write_behaviours
from routing.services.case import Case
from routing.services.identity import identify, identity_errors
from routing.services.locking import locked_survivor
from routing.services.qualify import follow_rules
from routing.services.rescore import rescore
from routing.services.stage_log import Step, write_entry
from routing.services.writing import REFUSALS, Authorship, apply_values, change_of
from routing.types import FROM_FILE, Capture, FieldError

LIVE = Capture()
_TRIES = 3
_TOO_BUSY = "This lead is being written by somebody else over and over. Send it again in a moment."


class _Overtaken(Exception):
    """Between looking and writing, the external id became another lead's."""


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


@memo()
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
        except (IntegrityError, _Overtaken) as error:
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
    _remember_external_id(lead, arrival.capture)
    case = Case(lead, arrival.edition, now, is_new=True)
    case.log(changes)
    _enter_first_stage(case, by)
    write_behaviours(case, arrival.capture.behaviours)
    follow_rules(case)
    assign.route_case(case)  # what no rule can place is routing's own matter; the lead is taken in anyway
    return lead


def _update(lead: Lead, values: Mapping[str, object], arrival: Arrival) -> bool:
    case = Case(lead, arrival.edition, arrival.by.now)
    changes = apply_values(lead, values, _fields(arrival), arrival.by)
    case.log(changes)
    linked = _remember_external_id(lead, arrival.capture)
    new_behaviours = write_behaviours(case, arrival.capture.behaviours)
    if changes or new_behaviours:
        follow_rules(case)
    if lead.owner_id is None and not lead.queue:
        assign.route_case(case)
    case.save()
    return bool(changes or new_behaviours or linked)


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


def _enter_first_stage(case: Case, by: Authorship) -> None:
    """The entry stands whatever its definition says, refusing would lose the lead. The verdict is kept."""
    first = case.glossary.funnel()[0]
    verdict = judge(case, first, rescore(case))
    # A file is read long after the interest was shown: what we promise for its leads begins when we learn of them.
    clocks.happened(case, CAPTURED, by.now if by.cause == FROM_FILE else by.occurred_at)
    step = Step(first.key, case.lead.pass_number, by.occurred_at, verdict.as_json(), by.cause)
    write_entry(case, step, acting_user=by.acting_user)


def _remember_external_id(lead: Lead, capture: Capture) -> bool:
    if capture.external is None:
        return False
    system, value = capture.external
    row, created = ExternalId.objects.get_or_create(system=system, value=value, defaults={"lead": lead})
    if row.lead_id != lead.pk:
        raise _Overtaken
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
