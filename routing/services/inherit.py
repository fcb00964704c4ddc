"""What a survivor takes over from its duplicate: values, consent, suppression, owner."""

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from people.access import name_of
from routing.choices import AssignmentCause
from routing.models import Assignment, Lead, LeadChange
from routing.services import clocks
from routing.services.writing import Authorship, apply_values, change_of, value_of


def inherit_values(duplicate: Lead, survivor: Lead, edition: EditionInForce, by: Authorship) -> None:
    """Earliest capture, blanks filled, the stricter consent and suppression; one change row each."""
    fields = edition.document(GlossaryDocument).field_by_key
    known = {field.key: field for field in edition.document(GlossaryDocument).fields}
    blanks = {
        key: value
        for key, field in known.items()
        if key != "consent"
        and value_of(survivor, field) is None
        and (value := value_of(duplicate, field)) is not None
    }
    changes = apply_values(survivor, blanks, fields, by)
    if duplicate.consent:
        stated = Authorship(by.acting_user, by.cause, duplicate.consent_at or duplicate.captured_at, by.now)
        changes += apply_values(survivor, {"consent": duplicate.consent}, fields, stated)
    if duplicate.captured_at < survivor.captured_at:
        before, after = survivor.captured_at.isoformat(), duplicate.captured_at.isoformat()
        changes.append(change_of(survivor, "captured_at", before, after, by))
        survivor.captured_at = duplicate.captured_at
    if duplicate.suppressed and not survivor.suppressed:
        changes.append(change_of(survivor, "suppressed", False, True, by))
        survivor.suppressed, survivor.suppressed_reason = True, duplicate.suppressed_reason
    survivor.save()
    LeadChange.objects.bulk_create(changes)


def hand_over_place(duplicate: Lead, survivor: Lead, edition: EditionInForce, by: Authorship) -> None:
    """End the duplicate's assignment; its owner takes a survivor that has none."""
    place = Assignment.objects.filter(lead=duplicate, ended_at__isnull=True).first()
    Assignment.objects.filter(lead=duplicate, ended_at__isnull=True).update(ended_at=by.now)
    former_owner = duplicate.owner
    duplicate.owner, duplicate.queue, duplicate.territory = None, "", ""
    duplicate.save(update_fields=["owner", "queue", "territory"])
    if place is None or survivor.owner_id is not None or (former_owner is None and survivor.queue):
        return
    Assignment.objects.filter(lead=survivor, ended_at__isnull=True).update(ended_at=by.now)
    Assignment.objects.create(
        lead=survivor,
        owner=former_owner,
        queue=place.queue,
        territory=place.territory,
        cause=AssignmentCause.MERGED,
        trace=[_reason(duplicate)],
        occurred_at=by.now,
        recorded_at=by.now,
        edition_id=edition.id,
        actor=by.acting_user,
        actor_name=name_of(by.acting_user),
    )
    survivor.owner, survivor.queue, survivor.territory = former_owner, place.queue, place.territory
    survivor.save(update_fields=["owner", "queue", "territory"])
    clocks.on_assigned(survivor, now=by.now, edition=edition)


def _reason(duplicate: Lead) -> dict[str, object]:
    """The decision trace of a place that was taken over; its shape is that of `placing.Trace`."""
    why = f"lead {duplicate.pk} was merged into this one"
    return {"rule": "merge", "key": "", "matched": True, "why": why}
