"""Keeping a review round true: who counts no more is asked for anew, and a new charter asks what it asks."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from glossary.choices import UNDER_REVIEW, Duty, EventKind, RequestState
from glossary.engine.duties import Slot, slots
from glossary.models import ChangeRequest, SignOff
from glossary.models.requests import TO_RATIFY
from glossary.queries.rights import asking_charter
from glossary.queries.standing import faults, lacking, role_name, round_of
from glossary.services.measuring import measure_round
from glossary.services.notices import tell_makers
from glossary.services.rounds import ask
from glossary.services.timeline import locked, save, tell


def settle_round(request: ChangeRequest, now: datetime) -> None:
    """What the answers come to: approved or ratified when nothing is lacking, else ask for what is lacking."""
    if lacking(request, asking_charter(request, now), round_of(request)):
        renew(request, now)
    else:
        _complete(request, now)


def renew(request: ChangeRequest, now: datetime) -> None:
    """Set aside the sign-offs that count no more or are asked for no more, and ask for what is missing.

    Without it a round whose signer lost the role would wait for nobody, and never end.
    """
    charter, signoffs = asking_charter(request, now), round_of(request)
    problems, wanted = faults(request, charter, signoffs), set(slots(charter, request.workstream))
    for signoff in signoffs:
        slot = Slot(signoff.duty, signoff.role)
        reason = problems.get(slot, "") if slot in wanted else "the charter asks for it no more"
        if reason and signoff.duty != Duty.EMERGENCY:
            set_aside(signoff, reason, now)
    asked = ask(request, charter, now)
    if any(signoff.duty == Duty.VALIDATE for signoff in asked):
        measure_round(request, now)  # whoever validates anew needs one


def set_aside(signoff: SignOff, reason: str, now: datetime) -> None:
    """Void one sign-off; it stays to be read, and its slot can be asked for anew."""
    signoff.voided_at, signoff.void_reason = now, reason[:200]
    signoff.save(update_fields=["voided_at", "void_reason"])
    if signoff.verdict:
        note = f"{role_name(signoff.role)}: {reason}"
        tell(signoff.request, EventKind.VOIDED, acting_user=None, now=now, note=note)


def end_ratification(by: ChangeRequest, now: datetime) -> None:
    """An emergency of the same workstream that `by` took the place of is not to be ratified any more.

    It stays marked as never ratified. Under the lock of the line.
    """
    waiting = ChangeRequest.objects.filter(TO_RATIFY, workstream=by.workstream).exclude(pk=by.pk)
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        request = locked(pk)
        if request.awaits_ratification:
            request.superseded_at = now
            save(request, now, "superseded_at")
            tell(
                request,
                EventKind.HELD,
                acting_user=None,
                now=now,
                note=f"Never ratified: {by.version} came first",
            )


def follow_charter(now: datetime, *, but: int) -> None:
    """Let every round that runs ask what the charter now in force asks. Under the lock of the line.

    Args:
        but: the request that put this charter in force.
    """
    for request in _running(but):
        renew(request, now)
        settle_round(request, now)


def measure_anew(now: datetime, *, but: int) -> None:
    """Queue a back-test of every round that waits for a validation and has none beside the versions now in force.

    Under the lock of the line.

    Args:
        but: the request that put one of them in force.
    """
    for request in _running(but):
        if any(signoff.duty == Duty.VALIDATE and not signoff.verdict for signoff in round_of(request)):
            measure_round(request, now)


def _running(but: int) -> Iterator[ChangeRequest]:
    """The requests whose round runs, but one, each locked in its turn."""
    runs = ChangeRequest.objects.filter(Q(state__in=UNDER_REVIEW) | TO_RATIFY).exclude(pk=but)
    for pk in list(runs.order_by("pk").values_list("pk", flat=True)):
        request = locked(pk)
        if request.is_under_review or request.awaits_ratification:
            yield request


def _complete(request: ChangeRequest, now: datetime) -> None:
    if request.state == RequestState.IN_REVIEW:
        request.state = RequestState.APPROVED
        save(request, now, "state")
        tell(request, EventKind.APPROVED, acting_user=None, now=now)
        tell_makers(request, "Approved, ready to publish", "approved", now)
    elif request.awaits_ratification:
        request.ratified_at = now
        save(request, now, "ratified_at")
        tell(request, EventKind.RATIFIED, acting_user=None, now=now)
        tell_makers(request, "Ratified", "ratified", now)
