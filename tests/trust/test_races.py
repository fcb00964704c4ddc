"""Two people act at the same moment, on PostgreSQL: what goes wrong without the lock cannot happen with it.

Every race runs twice: without the lock that prevents it, where the breach must show, and with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from glossary.exceptions import RequestRefused, StaleContent
from glossary.models import ChangeRequest, Edition, PolicyVersion, SignOff
from glossary.queries.editions import forget
from glossary.queries.proposals import proposal_of
from glossary.services.emergency import declare_emergency
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit, withdraw
from glossary.services.sweeping import tick
from glossary.types import EditionInForce
from notifications.models import Notification
from people.models import User
from tests.glossary.governing import answered, approved, edited, measured, opened, slot, submitted
from tests.support import NOW
from tests.trust.oracle import Look, breaches
from tests.trust.races import Outcome, interleave, unlocked
from tests.trust.scene import DUE, a_change, scheduled, signers

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one writer in at a time by itself"
    ),
]
PUBLISHING, SIGNING = "glossary.services.publishing", "glossary.services.signing"


@dataclass(frozen=True)
class Race:
    """A race: what is prepared, what two people do, and what must come of it.

    Attributes:
        scene: prepares and gives the two acts.
        place: where the first act is when the second begins.
        locks: models whose row locks prevent the breach.
        good: whether what came of it is right, apart from what the oracle says.
    """

    scene: Callable[[SimpleNamespace], tuple[Callable[[], object], Callable[[], object]]]
    place: str
    locks: tuple[type[Model], ...]
    good: Callable[[Outcome], bool]


def someone(user: User) -> User:
    return User.objects.get(pk=user.pk)


def ready(cast: SimpleNamespace, number: int, workstream: str = "scoring") -> ChangeRequest:
    return approved(workstream, a_change(workstream, number), cast.marketing_ops, signers(cast, workstream))


def publishing(request: ChangeRequest, user: User) -> Callable[[], object]:
    return lambda: publish_request(request.pk, acting_user=someone(user), now=NOW)


def signing(seat: SignOff, user: User) -> Callable[[], object]:
    shown = proposal_of(seat.request, NOW).digest
    return lambda: sign(Answer(seat.pk, "given", shown, "Fine."), acting_user=someone(user), now=NOW)


def one_base(cast: SimpleNamespace) -> Any:
    first, second = ready(cast, 1), ready(cast, 2)
    return publishing(first, cast.marketing_ops), publishing(second, cast.marketing_ops)


def publish_twice(cast: SimpleNamespace) -> Any:
    act = publishing(ready(cast, 1), cast.marketing_ops)
    return act, act


def sign_twice(cast: SimpleNamespace) -> Any:
    request = submitted("scoring", a_change("scoring", 1), cast.marketing_ops)
    act = signing(slot(request, "cmo"), cast.cmo)
    return act, act


def both_last(cast: SimpleNamespace) -> Any:
    request = submitted("scoring", a_change("scoring", 1), cast.marketing_ops)
    measured(request)
    return signing(slot(request, "cmo"), cast.cmo), signing(slot(request, "finance"), cast.finance)


def publish_beside(act: Callable[[ChangeRequest, SimpleNamespace], object]) -> Any:
    def scene(cast: SimpleNamespace) -> Any:
        request = ready(cast, 1)
        return publishing(request, cast.marketing_ops), lambda: act(request, cast)

    return scene


def edit(request: ChangeRequest, cast: SimpleNamespace) -> object:
    return edited(request, a_change("scoring", 3), someone(cast.marketing_ops))


def take_away(request: ChangeRequest, cast: SimpleNamespace) -> object:
    return withdraw(request.pk, "", acting_user=someone(cast.marketing_ops), now=NOW)


def sign_beside_edit(cast: SimpleNamespace) -> Any:
    request = submitted("scoring", a_change("scoring", 1), cast.marketing_ops)
    return signing(slot(request, "cmo"), cast.cmo), lambda: edit(request, cast)


def last_seat_beside_publish(cast: SimpleNamespace) -> Any:
    urgent, other = submitted("scoring", a_change("scoring", 1), cast.marketing_ops), ready(cast, 2)
    declare_emergency(urgent.pk, "No time.", urgent.digest, acting_user=cast.marketing_ops, now=NOW)
    answered(urgent, "seat_1", cast.cmo)
    return signing(slot(urgent, "seat_2"), cast.revops), publishing(other, cast.marketing_ops)


def publish_beside_last_seat(cast: SimpleNamespace) -> Any:
    first, second = last_seat_beside_publish(cast)
    return second, first


def submit_twice(cast: SimpleNamespace) -> Any:
    request = edited(opened("scoring", cast.marketing_ops), a_change("scoring", 1), cast.marketing_ops)

    def act() -> object:
        return submit(request.pk, acting_user=someone(cast.marketing_ops), now=NOW)

    return act, act


def two_sweeps(cast: SimpleNamespace) -> Any:
    scheduled(cast)
    return (lambda: tick(DUE)), (lambda: tick(DUE))


def events(kind: str) -> int:
    return sum(request.events.filter(kind=kind).count() for request in ChangeRequest.objects.all())


def versions() -> int:
    return PolicyVersion.objects.filter(workstream="scoring").count()


def warnings() -> int:
    """How many people were told that something was not put in force."""
    return Notification.objects.filter(subject__startswith="Not put in force").count()


def states() -> list[str]:
    return sorted(ChangeRequest.objects.values_list("state", flat=True))


RACES = {
    "two on one base": Race(
        one_base,
        f"{PUBLISHING}:catch_up",
        (Edition,),
        lambda out: isinstance(out.second, StaleContent) and states() == ["in_review", "published"],
    ),
    "publish clicked twice": Race(
        publish_twice,
        f"{PUBLISHING}:catch_up",
        (Edition, ChangeRequest),
        lambda out: [getattr(r, "state", r) for r in (out.first, out.second)] == ["published"] * 2,
    ),
    "approve clicked twice": Race(
        sign_twice, f"{SIGNING}:_current", (ChangeRequest,), lambda out: events("signed") == 1
    ),
    "two last signers": Race(
        both_last, "glossary.services.renewal:lacking", (ChangeRequest,), lambda out: states() == ["approved"]
    ),
    "edit beside publish": Race(
        publish_beside(edit),
        f"{PUBLISHING}:lacking",
        (ChangeRequest,),
        lambda out: isinstance(out.second, RequestRefused) and states() == ["published"],
    ),
    "withdrawal beside publish": Race(
        publish_beside(take_away),
        f"{PUBLISHING}:lacking",
        (ChangeRequest,),
        lambda out: isinstance(out.second, RequestRefused) and events("withdrawn") == 0,
    ),
    "edit beside sign-off": Race(
        sign_beside_edit, f"{SIGNING}:_current", (ChangeRequest,), lambda out: states() == ["draft"]
    ),
    "publish beside the last seat of an emergency": Race(
        last_seat_beside_publish,
        f"{SIGNING}:_current",
        (Edition,),
        lambda out: isinstance(out.second, StaleContent) and states() == ["in_review", "published"],
    ),
    "the last seat of an emergency beside publish": Race(
        publish_beside_last_seat,
        f"{PUBLISHING}:catch_up",
        (Edition,),
        lambda out: isinstance(out.second, StaleContent) and states() == ["in_review", "published"],
    ),
    "submit clicked twice": Race(
        submit_twice,
        "glossary.services.submitting:proposed",
        (ChangeRequest,),
        lambda out: events("submitted") == 1 and states() == ["in_review"],
    ),
    "two sweeps": Race(
        two_sweeps,
        f"{PUBLISHING}:catch_up",
        (Edition, ChangeRequest),
        lambda out: versions() == 2 and warnings() == 0,
    ),
}


def run(name: str, cast: SimpleNamespace, patch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is wrong after the race."""
    race = RACES[name]
    first, second = race.scene(cast)
    outcome = interleave(patch, race.place, first, second)
    forget()
    wrong = [] if race.good(outcome) else [f"{outcome.first!r} / {outcome.second!r} left {states()}"]
    return [*breaches(Look(NOW)), *wrong]


@pytest.mark.parametrize("name", RACES)
def test_with_the_lock_it_cannot_happen(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert run(name, cast, monkeypatch) == []


@pytest.mark.parametrize("name", RACES)
def test_control_without_the_lock_it_happens(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    unlocked(monkeypatch, *RACES[name].locks)

    assert run(name, cast, monkeypatch) != []
