"""The next actions themselves, in their simplest honest form. Each returns what it did, in words."""

from datetime import datetime

from dispositions.choices import DispositionKind
from dispositions.engine.acts import TARGETS
from dispositions.engine.document import Outcome
from dispositions.models import ActionItem
from glossary.engine.documents import GlossaryDocument, Mover, StageKind
from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from notifications.services.outbox import notify
from notifications.types import Message
from people.access import name_of
from people.models import User
from routing.engine.documents import RoutingDocument
from routing.engine.free_mail import is_free_mail
from routing.models import Lead, LeadChange
from routing.services.assign import assign_to, assign_to_queue
from routing.services.assign import reroute as route_again
from routing.services.clocks import void
from routing.services.locking import locked_lead
from routing.services.merge import merge
from routing.services.qualify import qualify
from routing.services.writing import value_of


def nurture(item: ActionItem, now: datetime) -> str:
    """The date has come: judge the lead anew, give it back to its owner or route it, and say so.

    Where the rules alone do not lift it back into the funnel it stays recycled, is due on the owner's desk,
    and the owner decides.
    """
    lead = locked_lead(item.lead_id)
    if lead.stage != Outcome.RECYCLED.value or lead.suppressed or lead.merged_into_id is not None:
        return f"Nothing to do: the lead is {_why_idle(lead)} by now."
    qualify(lead.pk, now=now)
    lead.refresh_from_db()
    if lead.owner is None or not lead.owner.is_active:
        route_again(lead.pk, acting_user=None, now=now)
        lead.refresh_from_db()
    if lead.owner is not None:
        _tell(lead.owner, lead, item, now)
    return f"Came back from nurture to {lead.owner or _queue_name(lead.queue, edition_at(now))}."


def _why_idle(lead: Lead) -> str:
    if lead.merged_into_id is not None:
        return f"merged into lead {lead.merged_into_id}"
    return "suppressed" if lead.suppressed else f"in {lead.stage}"


def enrich(item: ActionItem, now: datetime) -> str:
    """Put the lead into the queue of the reason, with what is missing for the stages it can come back to."""
    lead = locked_lead(item.lead_id)
    edition = edition_at(now)
    missing = _missing(lead, edition)
    owner = lead.owner_id
    item.payload = {**item.payload, "missing": [key for key, _ in missing], "owner": owner}
    item.save(update_fields=["payload"])
    queue = str(item.payload["queue"])
    assign_to_queue(lead.pk, queue, acting_user=None, now=now)
    lacking = ", ".join(label for _, label in missing) or "the right person"
    return f"Waits in {_queue_name(queue, edition)}; to be found: {lacking}."


def _missing(lead: Lead, edition: EditionInForce) -> list[tuple[str, str]]:
    """Key and label of the unknown fields required by the funnel stages that the rules may lead it back to."""
    glossary = edition.document(GlossaryDocument)
    back = [
        glossary.stage_by_key[m.to] for m in glossary.moves if m.from_ == lead.stage and Mover.SYSTEM in m.by
    ]
    required = dict.fromkeys(key for s in back if s.kind is StageKind.FUNNEL for key in s.required_fields)
    fields = [glossary.field_by_key[key] for key in required]
    return [(field.key, field.label) for field in fields if value_of(lead, field) is None]


def _queue_name(key: str, edition: EditionInForce) -> str:
    queue = edition.document(RoutingDocument).queue_by_key.get(key)
    return f"the queue {queue.name if queue else key}"


def suppress(item: ActionItem, now: datetime) -> str:
    """Mark the lead as suppressed: the intake respects it and nothing runs on it any more."""
    lead = locked_lead(item.lead_id)
    if lead.suppressed:
        return "Was suppressed already."
    lead.suppressed, lead.suppressed_reason = True, str(item.payload.get("label") or item.payload["reason"])
    lead.save(update_fields=["suppressed", "suppressed_reason"])
    _log(lead, item, now, before=False, after=True)
    void(lead, None, "suppressed", now)
    return "Suppressed: new interest of this address is recorded but not worked."


def reroute(item: ActionItem, now: datetime) -> str:
    """Give the lead to whoever owns an open opportunity of the company, else route it past its present owner."""
    lead = locked_lead(item.lead_id)
    owner = _opportunity_owner(lead)
    if owner is not None:
        assign_to(lead.pk, owner, acting_user=None, now=now)
        return f"Given to {owner}, who owns the open opportunity."
    assignment = route_again(lead.pk, acting_user=None, now=now)
    place = assignment.owner or _queue_name(assignment.queue, edition_at(now))
    return f"Routed to {place}."


def merge_away(item: ActionItem, now: datetime) -> str:
    """Merge the duplicate into the survivor."""
    survivor = merge(item.lead_id, int(item.payload["survivor"]), acting_user=None, now=now)
    return f"Merged into {survivor.label} (lead {survivor.pk})."


def _opportunity_owner(lead: Lead) -> User | None:
    """Another person's open opportunity with the same company; free-mail domains say nothing of a company."""
    others = Lead.objects.standing().filter(
        stage=TARGETS[DispositionKind.OPEN], owner__is_active=True, suppressed=False
    )
    if lead.email_domain and not is_free_mail(lead.email_domain):
        match = others.filter(email_domain=lead.email_domain)
    elif lead.company:
        match = others.filter(company__iexact=lead.company)
    else:
        return None
    found = (
        match.exclude(pk=lead.pk)
        .exclude(owner=lead.owner_id)
        .select_related("owner")
        .order_by("-stage_entered_at", "id")
        .first()
    )
    return found.owner if found else None


def _tell(owner: User, lead: Lead, item: ActionItem, now: datetime) -> None:
    message = Message(
        kind="nurture_due",
        subject=f"{lead.label} is back from nurture",
        dedupe_key=f"nurture:{item.pk}",
        body=f"The date to come back has come. Reason given then: {item.payload.get('label', '')}.",
        url=f"/desk/leads/{lead.pk}/",
    )
    notify([owner], message, now=now)


def _log(lead: Lead, item: ActionItem, now: datetime, *, before: object, after: object) -> None:
    decision = item.disposition
    LeadChange.objects.create(
        lead=lead,
        field="suppressed",
        before=before,
        after=after,
        cause="suppress",
        actor=decision.actor if decision else None,
        actor_name=decision.actor_name if decision else name_of(None),
        occurred_at=now,
        recorded_at=now,
    )
