"""merge(): two leads turn out to be one person. The duplicate's log stays and is read with the survivor's."""

from datetime import datetime

from django.db import transaction

from glossary.engine.documents import GlossaryDocument, StageKind
from glossary.queries.editions import edition_at, memo
from glossary.types import EditionInForce
from people.models import User
from routing.choices import ClockState
from routing.exceptions import Conflict, NotPermitted
from routing.models import ExternalId, Lead, LeadChange, SlaClock
from routing.services import clocks
from routing.services.case import Case
from routing.services.inherit import hand_over_place, inherit_values
from routing.services.locking import locked_lead, require_may_act
from routing.services.qualify import qualify
from routing.services.stage_log import Step, write_entry
from routing.services.writing import Authorship, change_of

_TRIES = 5


@memo()
@transaction.atomic
def merge(duplicate_id: int, survivor_id: int, *, acting_user: User | None, now: datetime) -> Lead:
    """Join the duplicate into the survivor and return the survivor. Merging twice changes nothing.

    1. Follow earlier merges to the final survivor; lock both rows in the order of their ids.
    2. The survivor keeps the earliest capture, what it knew (blanks are filled), the stricter consent and
       suppression, all external ids; every new value is a change row with the cause merge.
    3. The older of two running clocks runs on for the survivor, the other is void.
    4. The duplicate's assignment ends; an owner it had goes to a survivor without one.
    5. A duplicate that was further in the funnel takes the survivor along, by an entry that says so.
    6. The rules judge the survivor on what is now known.

    Raises NotPermitted unless the person may act on the duplicate and see the survivor, Conflict when the
    duplicate was merged into somebody else before.
    """
    duplicate, survivor = _locked_pair(duplicate_id, survivor_id)
    if survivor.pk in {duplicate.pk, duplicate.merged_into_id}:
        return survivor
    _require_permission(acting_user, duplicate, survivor)
    if duplicate.merged_into_id is not None:
        raise Conflict(
            f"Lead {duplicate.pk} was merged into lead {duplicate.merged_into_id} before. "
            f"If that one is the same person too, merge lead {duplicate.merged_into_id}."
        )
    edition = edition_at(now)
    by = Authorship(acting_user, "merge", now, now)
    _join(duplicate, survivor, by)
    inherit_values(duplicate, survivor, edition, by)
    _join_clocks(duplicate, survivor, now)
    hand_over_place(duplicate, survivor, edition, by)
    _take_along(duplicate, survivor, edition, by)
    qualify(survivor.pk, now=now)
    survivor.refresh_from_db()
    return survivor


def _locked_pair(duplicate_id: int, survivor_id: int) -> tuple[Lead, Lead]:
    """Both leads under lock, in the order of their ids, the survivor being final."""
    for _ in range(_TRIES):
        final = _final(survivor_id)
        locked = {pk: locked_lead(pk) for pk in sorted({duplicate_id, final})}
        if locked[final].merged_into_id is None:
            return locked[duplicate_id], locked[final]
    raise Conflict("These leads are being merged by somebody else. Look again in a moment.")


def _final(lead_id: int) -> int:
    into = Lead.objects.filter(pk=lead_id).values_list("merged_into_id", flat=True).first()
    return lead_id if into is None else _final(into)


def _require_permission(acting_user: User | None, duplicate: Lead, survivor: Lead) -> None:
    require_may_act(acting_user, duplicate)
    if acting_user is None:
        return
    if not Lead.objects.visible_to(acting_user).filter(pk=survivor.pk).exists():
        raise NotPermitted(f"You cannot see lead {survivor.pk}. Ask RevOps to merge the two.")


def _join(duplicate: Lead, survivor: Lead, by: Authorship) -> None:
    """Point the duplicate, and what was merged into it before, to the survivor; move the external ids."""
    duplicate.merged_into, duplicate.merged_at = survivor, by.now
    duplicate.save(update_fields=["merged_into", "merged_at"])
    Lead.objects.filter(merged_into=duplicate).update(merged_into=survivor)
    ExternalId.objects.filter(lead=duplicate).update(lead=survivor)
    LeadChange.objects.bulk_create(
        [
            change_of(duplicate, "merged_into", None, survivor.pk, by),
            change_of(survivor, "merged", None, duplicate.pk, by),
        ]
    )


def _join_clocks(duplicate: Lead, survivor: Lead, now: datetime) -> None:
    """A promise that was kept to the survivor in this pass is kept: the duplicate's clock on it is void."""
    verdicts = SlaClock.objects.filter(
        lead=survivor, pass_number=survivor.pass_number, state__in=(ClockState.MET, ClockState.LATE)
    )
    done = set(verdicts.values_list("key", flat=True))
    clocks.void(duplicate, done, f"merged into lead {survivor.pk}, where it has its verdict", now)
    clocks.merge_clocks(duplicate, survivor, now=now)


def _take_along(duplicate: Lead, survivor: Lead, edition: EditionInForce, by: Authorship) -> None:
    """If both are in the funnel and the duplicate is further, the survivor enters its stage.

    The gate was held when the duplicate entered; that verdict is in its log. Detours stay what they are:
    being a duplicate disqualifies the duplicate only, and a survivor that was recycled or disqualified comes
    back by its own way.
    """
    stages = edition.document(GlossaryDocument).stage_by_key
    here, there = stages.get(survivor.stage), stages.get(duplicate.stage)
    if there is None or there.kind is StageKind.DETOUR:
        return
    if here is not None and (here.kind is not StageKind.FUNNEL or here.position >= there.position):
        return
    verdict: dict[str, object] = {"merged_from": duplicate.pk}
    occurred_at = max(by.now, survivor.stage_entered_at or by.now)
    step = Step(there.key, survivor.pass_number, occurred_at, verdict, "merge")
    case = Case(survivor, edition, by.now)
    write_entry(case, step, acting_user=by.acting_user)
    case.save()
