"""A change from draft to publication in one line each, through the real services."""

from datetime import datetime
from typing import Any

from glossary import registry
from glossary.choices import Duty, JobState
from glossary.models import BackTest, ChangeRequest, SignOff
from glossary.queries.measured import standing
from glossary.queries.proposals import plain, proposal_of
from glossary.services.drafting import replace_draft
from glossary.services.emergency import declare_emergency
from glossary.services.measuring import ask_for_request, default_window
from glossary.services.opening import Proposal, open_request
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit
from people.models import User
from tests.glossary.amending import Change
from tests.support import NOW


def opened(workstream: str, author: User, *, now: datetime = NOW, title: str = "A change") -> ChangeRequest:
    """A draft copy of what is in force."""
    return open_request(Proposal(workstream, title, "A reason."), acting_user=author, now=now)


def edited(request: ChangeRequest, change: Change, editor: User, *, now: datetime = NOW) -> ChangeRequest:
    """The draft with `change` applied to its plain data."""
    document = proposal_of(request, now).proposed.document
    assert document is not None
    data: dict[str, Any] = plain(document)
    change(data)
    return replace_draft(request.pk, registry.parse(request.workstream, data), acting_user=editor, now=now)


def submitted(workstream: str, change: Change, author: User, *, now: datetime = NOW) -> ChangeRequest:
    """A change that waits for its sign-offs."""
    request = edited(opened(workstream, author, now=now), change, author, now=now)
    return submit(request.pk, acting_user=author, now=now)


def slot(request: ChangeRequest, role: str, duty: str = "") -> SignOff:
    """The standing slot of a role in the running round."""
    request.refresh_from_db()
    slots = SignOff.objects.standing().filter(request=request, cycle=request.cycle, role=role)
    return slots.get(duty=duty) if duty else slots.get()


RESULT: dict[str, Any] = {
    "leads": 400,
    "stages": [
        {
            "key": "mql",
            "name": "Marketing Qualified Lead",
            "before": {"n": 100, "precision": {"percent": "12.00", "low": 7.0, "high": 19.8}},
            "after": {"n": 130, "precision": {"percent": None, "why_not": "fewer than 20 leads"}},
            "gained": {"n": 40},
            "lost": {"n": 10},
        }
    ],
}


def computed(back_test: BackTest, *, now: datetime = NOW) -> BackTest:
    """What a worker does, without counting anything."""
    back_test.state, back_test.result, back_test.progress = JobState.DONE, RESULT, 100
    back_test.started_at = back_test.finished_at = now
    back_test.save(update_fields=["state", "result", "progress", "started_at", "finished_at"])
    return back_test


def all_computed(now: datetime = NOW) -> None:
    """The worker comes by: whatever waits is done."""
    for row in BackTest.objects.waiting():
        computed(row, now=now)


def measured(request: ChangeRequest, *, now: datetime = NOW) -> BackTest:
    """A finished back-test of what would be published now; the one that stands already, if one does."""
    request.refresh_from_db()
    there = standing(request, now)
    if there is not None:
        return there
    return computed(ask_for_request(request.pk, default_window(now), acting_user=None, now=now), now=now)


def answered(
    request: ChangeRequest,
    role: str,
    user: User,
    verdict: str = "given",
    note: str = "Fine.",
    *,
    now: datetime = NOW,
) -> SignOff:
    """`user` answers the slot of `role` for the content as it stands now."""
    signoff = slot(request, role)
    if (signoff.duty, verdict) == (Duty.VALIDATE, "given") and registry.is_back_tested(request.workstream):
        measured(request, now=now)
    found = proposal_of(request, now).digest
    return sign(Answer(signoff.pk, verdict, found, note), acting_user=user, now=now)


def approved(
    workstream: str, change: Change, author: User, signers: dict[str, User], *, now: datetime = NOW
) -> ChangeRequest:
    """A change that everybody has signed. `signers`: role → person."""
    request = submitted(workstream, change, author, now=now)
    for role, user in signers.items():
        answered(request, role, user, now=now)
    request.refresh_from_db()
    return request


def published(
    workstream: str, change: Change, author: User, signers: dict[str, User], *, now: datetime = NOW
) -> ChangeRequest:
    """A change in force."""
    request = approved(workstream, change, author, signers, now=now)
    return publish_request(request.pk, acting_user=author, now=now)


def put_in_force_as_emergency(
    workstream: str, change: Change, author: User, agreeing: list[User], *, now: datetime = NOW
) -> ChangeRequest:
    """A change in force on the word of `agreeing`; nobody has signed it yet."""
    request = submitted(workstream, change, author, now=now)
    declare_emergency(request.pk, "Leads are lost every hour.", request.digest, acting_user=author, now=now)
    for seat, person in enumerate(agreeing, start=1):
        answered(request, f"seat_{seat}", person, now=now)
    request.refresh_from_db()
    return request
