"""Many people at once on the same few requests, on PostgreSQL: nobody waits for ever, nobody gets a server error.

Locks are taken in one order: first the line of editions, then the change request.
"""

import random
from collections.abc import Callable
from threading import Thread
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from glossary.admin.draft_base import wait_for
from glossary.exceptions import PolicyError
from glossary.models import ChangeRequest, SignOff
from glossary.queries.editions import forget
from glossary.queries.proposals import proposal_of
from glossary.services.commenting import comment
from glossary.services.drafting import note_edit
from glossary.services.emergency import declare_emergency
from glossary.services.measuring import ask_for_request, default_window
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit
from glossary.services.sweeping import tick
from glossary.types import EditionInForce
from people.models import User
from routing.models import ScoreRule
from tests.glossary.governing import all_computed, edited, opened, submitted
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds
from tests.trust.races import LIMIT, interleave, unlocked
from tests.trust.scene import a_change

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole file"),
]
ROUNDS, PEOPLE = 12, ("cmo", "finance", "marketing_ops", "revops", "cmo", "finance")


def edit_page(request_id: int, user: User, value: int) -> None:
    """As a page edits: it waits for the request first."""
    with transaction.atomic():
        wait_for(ChangeRequest.objects.get(pk=request_id))
        edit_rows(request_id, user, value)


def edit_rows(request_id: int, user: User, value: int) -> None:
    """Rows first, the request is locked at the end: what no page does, and what must be accounted for as well."""
    with transaction.atomic():
        row = ScoreRule.objects.filter(request=request_id).first()
        assert row is not None
        ScoreRule.objects.filter(pk=row.pk).update(points=value)
        row.pk, row.position = None, 90 + value  # a new row, with a foreign key to the request
        row.save(force_insert=True)
        note_edit(request_id, acting_user=user, now=NOW)


def some_act(dice: random.Random, user: User, requests: list[int]) -> Callable[[], object]:
    """Something that somebody may do to one of the requests."""
    pk = dice.choice(requests)
    request = ChangeRequest.objects.get(pk=pk)
    owed = list(SignOff.objects.owed().filter(request=pk))
    seat = dice.choice(owed) if owed else None
    acts: list[Callable[[], object]] = [
        lambda: publish_request(pk, acting_user=user, now=NOW),
        lambda: submit(pk, acting_user=user, now=NOW),
        lambda: edited(request, a_change("scoring", dice.randint(1, 9)), user),
        lambda: edit_page(pk, user, dice.randint(1, 9)),
        lambda: tick(NOW),
        lambda: comment(pk, "Hm.", UUID(int=dice.getrandbits(128)), acting_user=user, now=NOW),
        lambda: ask_for_request(pk, default_window(NOW), acting_user=user, now=NOW),
        all_computed,
        lambda: declare_emergency(pk, "Now.", request.digest, acting_user=user, now=NOW),
    ]
    if seat is not None:
        shown = proposal_of(request, NOW).digest
        acts += [lambda: sign(Answer(seat.pk, "given", shown, "Fine."), acting_user=user, now=NOW)] * 8
    return dice.choice(acts)


def test_many_people_on_the_same_requests(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    requests = [submitted("scoring", a_change("scoring", n), cast.marketing_ops).pk for n in (1, 2, 3)]
    errors: list[BaseException] = []

    def work(seed: int, name: str) -> None:
        dice = random.Random(seed)
        for _ in range(ROUNDS):
            try:
                some_act(dice, User.objects.get(username=name), requests)()
            except PolicyError:
                continue
            except (AssertionError, Exception) as error:  # noqa: BLE001  (whatever it is, the test reports it)
                errors.append(error)
        connection.close()

    threads = [Thread(target=work, args=numbered) for numbered in enumerate(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT * 3)
        assert not thread.is_alive()
    forget()

    assert [error for error in errors if not isinstance(error, AssertionError)] == []
    assert_holds(Look(NOW))


@pytest.mark.parametrize("way", ["page", "list"])
def test_who_deletes_rows_waits_for_their_request_first(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, way: str
) -> None:
    """In the other order two people could wait for each other: laying a draft down anew deletes rows, too."""
    request = opened("scoring", cast.marketing_ops)
    row = ScoreRule.objects.filter(request=request).first()
    assert row is not None
    client.force_login(cast.marketing_ops)

    with CaptureQueriesContext(connection) as queries:
        if way == "page":
            client.post(reverse("admin:routing_scorerule_delete", args=[row.pk]), {"post": "yes"})
        else:
            listed = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            client.post(reverse("admin:routing_scorerule_changelist"), listed)

    assert not ScoreRule.objects.filter(pk=row.pk).exists()
    said = [query["sql"] for query in queries]
    locks = [place for place, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql]
    gone = [place for place, sql in enumerate(said) if sql.startswith('DELETE FROM "routing_scorerule"')]
    assert gone
    assert locks[0] < gone[0]


def two_editors(cast: SimpleNamespace, patch: pytest.MonkeyPatch) -> list[object]:
    """Two people have each inserted a row when each locks the request."""
    request = submitted("scoring", a_change("scoring", 1), cast.marketing_ops)
    outcome = interleave(
        patch,
        "glossary.services.timeline:identities",
        lambda: edit_rows(request.pk, User.objects.get(username="marketing_ops"), 7),
        lambda: edit_rows(request.pk, User.objects.get(username="revops"), 8),
    )
    return [each for each in (outcome.first, outcome.second) if each is not None]


def test_two_editors_wait_for_each_other_in_turn(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_editors(cast, monkeypatch) == []
    request = ChangeRequest.objects.get()
    assert {row.name for row in request.contributors.all()} == {"marketing_ops", "revops"}
    assert request.state == "draft"


def test_an_edit_is_in_no_round_that_was_asked_for_beside_it(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows written and not yet accounted for are not frozen by a submission; the edit then takes it back."""
    request = submitted("scoring", a_change("scoring", 1), cast.marketing_ops)
    edited(request, a_change("scoring", 3), cast.marketing_ops)

    interleave(
        monkeypatch,
        "glossary.services.drafting:may_propose",
        lambda: edit_rows(request.pk, User.objects.get(username="revops"), 7),
        lambda: submit(request.pk, acting_user=User.objects.get(username="marketing_ops"), now=NOW),
    )

    request.refresh_from_db()
    assert request.state in {"draft", "in_review"}
    assert "revops" in {row.name for row in request.contributors.all()}
    assert_holds(Look(NOW))


def test_control_without_the_lock_slots_of_a_draft_stand(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock the edit does not know of the submission beside it, and leaves its slots standing."""
    request = submitted("scoring", a_change("scoring", 1), cast.marketing_ops)
    edited(request, a_change("scoring", 3), cast.marketing_ops)
    unlocked(monkeypatch, ChangeRequest)

    interleave(
        monkeypatch,
        "glossary.services.drafting:may_propose",
        lambda: edit_rows(request.pk, User.objects.get(username="revops"), 7),
        lambda: submit(request.pk, acting_user=User.objects.get(username="marketing_ops"), now=NOW),
    )

    with pytest.raises(AssertionError, match="nothing is asked for"):
        assert_holds(Look(NOW))
