"""The reason of a decision, checked against the document in force with everything that it asks for."""

from datetime import date, datetime

from dispositions.choices import DispositionKind
from dispositions.engine.acts import OUTCOMES, reasons
from dispositions.engine.document import DispositionsDocument, Reason, Requirement
from dispositions.exceptions import DecisionRefused
from dispositions.types import Decision
from glossary.types import EditionInForce
from people.middleware import zone_of
from people.models import User
from routing.models import Lead

LONGEST_NOTE = 10_000
# A date further away is a slip of the pen, not a plan.
LATEST_YEARS = 5


def checked_reason(
    lead: Lead,
    kind: DispositionKind,
    decision: Decision,
    edition: EditionInForce,
    *,
    acting_user: User,
    now: datetime,
) -> Reason | None:
    """The reason of the decision; None where none is asked for.

    Raises DecisionRefused naming each form field that is missing or does not fit. Days are those of the
    person's own zone.
    """
    if len(decision.note) > LONGEST_NOTE:
        raise DecisionRefused({"note": f"The note is too long: at most {LONGEST_NOTE:,} characters."})
    if kind not in OUTCOMES:
        return None
    offered = {r.key: r for r in reasons(kind, lead.stage, edition.document(DispositionsDocument))}
    reason = offered.get(decision.reason)
    if reason is None:
        choices = ", ".join(r.label for r in offered.values()) or "none"
        said = f"{decision.reason!r} is not offered here" if decision.reason else "Choose a reason"
        raise DecisionRefused({"reason": f"{said}. Offered: {choices}."})
    today = now.astimezone(zone_of(acting_user)).date()
    errors = _missing(reason, decision) | _date_problem(decision, today)
    if Requirement.SURVIVOR in reason.requires:
        errors |= _survivor_problem(reason, decision, lead, acting_user)
    if errors:
        raise DecisionRefused(errors)
    return reason


def _missing(reason: Reason, decision: Decision) -> dict[str, str]:
    errors = {}
    if Requirement.NOTE in reason.requires and not decision.note.strip():
        errors["note"] = f"{reason.label} asks for a note."
    if Requirement.NEXT_TOUCH_ON in reason.requires and decision.next_touch_on is None:
        errors["next_touch_on"] = f"{reason.label} asks for the date to come back."
    return errors


def _date_problem(decision: Decision, today: date) -> dict[str, str]:
    day = decision.next_touch_on
    if day is None:
        return {}
    if day <= today:
        return {"next_touch_on": f"{day:%d %b %Y} is not in the future. Give a later day."}
    if day.year > today.year + LATEST_YEARS:
        return {"next_touch_on": f"{day:%d %b %Y} is more than {LATEST_YEARS} years away. Check the year."}
    return {}


def _survivor_problem(reason: Reason, decision: Decision, lead: Lead, acting_user: User) -> dict[str, str]:
    """What the person may not see is not there: both get the same words."""
    if decision.survivor_id is None:
        return {"survivor": f"{reason.label} asks which lead stays. Give its e-mail or number."}
    if decision.survivor_id == lead.pk:
        return {"survivor": "A lead cannot be merged into itself. Give the other one."}
    seen = Lead.objects.visible_to(acting_user).standing()
    if not seen.filter(pk=decision.survivor_id).exists():
        return {"survivor": "You see no such lead. Check the number, or ask RevOps to merge the two."}
    return {}
