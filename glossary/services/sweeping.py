"""The sweep of change requests: what is due goes in force, what is too old expires, what waits is called to mind."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from glossary.choices import BINDING, EventKind, RequestState
from glossary.exceptions import DocumentRefused, ForgedPolicy, PolicyError, RequestRefused
from glossary.models import ChangeRequest, SignOff
from glossary.models.requests import TO_RATIFY
from glossary.queries.rights import charter_at, holders
from glossary.queries.standing import role_name
from glossary.services.notices import KIND, page_of, tell_makers, with_stand_ins
from glossary.services.publishing import publish_request
from glossary.services.rounds import back_to_makers, void
from glossary.services.timeline import locked, save, tell
from notifications.services.outbox import notify
from notifications.types import Message

logger = logging.getLogger(__name__)

REMIND_EVERY = timedelta(days=2)


def tick(now: datetime) -> int:
    """Do everything that is due at `now`; doing it late, twice or in two workers does it once.

    Returns how many change requests went in force.
    """
    published = activate_due(now)
    expire_due(now)
    remind(now)
    call_for_ratification(now)
    return published


def activate_due(now: datetime) -> int:
    """Put in force what was scheduled for `now` or earlier, each after checking everything again."""
    due = ChangeRequest.objects.filter(state=RequestState.SCHEDULED, effective_at__lte=now)
    published = 0
    for pk in list(due.order_by("effective_at", "pk").values_list("pk", flat=True)):
        try:
            request = publish_request(pk, acting_user=None, now=now)
        except RequestRefused:
            continue  # another worker came first, or somebody edited it meanwhile
        except ForgedPolicy:
            raise
        except PolicyError as error:
            _not_in_force(pk, error, now)
        else:
            published += request.state == RequestState.PUBLISHED and request.closed_at == now
    return published


def _not_in_force(request_id: int, error: PolicyError, now: datetime) -> None:
    """A scheduled change that could not go in force: say so, and leave nothing scheduled that never will."""
    with transaction.atomic():
        request = locked(request_id)
        if request.state == RequestState.SCHEDULED and isinstance(error, DocumentRefused):
            back_to_makers(request, EventKind.HELD, str(error), now)
        tell_makers(request, "Not put in force", f"held:{now.date()}", now, body=str(error))
    logger.warning("change request %s was due and did not go in force: %s", request_id, error)


def expire_due(now: datetime) -> int:
    """End requests that nobody finished within the charter's limit. Scheduled ones wait for their date."""
    states = [RequestState.IN_REVIEW, RequestState.APPROVED]
    due = ChangeRequest.objects.filter(state__in=states, expires_at__lte=now)
    return sum(_expire(pk, now) for pk in list(due.values_list("pk", flat=True)))


def _expire(request_id: int, now: datetime) -> bool:
    with transaction.atomic():
        request = locked(request_id)
        over = request.expires_at is not None and request.expires_at <= now
        if not over or request.state not in {RequestState.IN_REVIEW, RequestState.APPROVED}:
            return False
        void(request, "The request expired", acting_user=None, now=now)
        request.state, request.closed_at = RequestState.EXPIRED, now
        save(request, now, "state", "closed_at")
        tell(request, EventKind.EXPIRED, acting_user=None, now=now)
        tell_makers(
            request, "Expired", "expired", now, body="Open it and propose it again if it is still wanted."
        )
    return True


def remind(now: datetime) -> None:
    """Remind of sign-offs that have been owed for two days, and every two days after."""
    waiting = SignOff.objects.owed().filter(asked_at__lte=now - REMIND_EVERY, duty__in=BINDING)
    asking = ChangeRequest.objects.filter(Q(state=RequestState.IN_REVIEW) | TO_RATIFY)
    for signoff in waiting.filter(request__in=asking).select_related("request"):
        times = (now - signoff.asked_at) // REMIND_EVERY
        message = Message(
            kind=KIND,
            subject=f"Still waiting for {role_name(signoff.role)}: {signoff.request.title}",
            dedupe_key=f"signoff:{signoff.pk}:again:{times}",
            body=f"Asked on {signoff.asked_at:%d %b %Y}.",
            url=page_of(signoff.request),
        )
        notify(with_stand_ins(holders([signoff.role]), now), message, now=now)


def call_for_ratification(now: datetime) -> None:
    """Tell, once a day, of emergencies that were not ratified in time."""
    late = ChangeRequest.objects.filter(TO_RATIFY, ratify_by__lte=now)
    for request in late:
        line = charter_at(now).line_by_workstream[request.workstream]
        message = Message(
            kind=KIND,
            subject=f"Not ratified in time: {request.title}",
            dedupe_key=f"ratify:{request.pk}:{now.date()}",
            body="Sign it, or propose to go back to the version before.",
            url=page_of(request),
        )
        notify(holders([*line.accountable, *line.responsible]), message, now=now)
