"""kill -9 at each statement of a publication: what is stored is wholly old or wholly new, and it goes on.

On PostgreSQL, and on a SQLite file; by a click and by the activation sweep.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction

from glossary.models import ChangeRequest, Edition, PolicyVersion
from glossary.queries.editions import forget
from glossary.services.publishing import publish_request
from glossary.services.sweeping import tick
from glossary.types import EditionInForce
from notifications.models import Notification
from people.models import User
from tests.glossary.governing import approved
from tests.support import NOW
from tests.trust.killing import killed_at, on_file
from tests.trust.oracle import Look, assert_holds
from tests.trust.races import unlocked
from tests.trust.scene import DUE, a_change, scheduled, signers

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 400  # statements; a publication that needs more would never end this test


def click() -> object:
    author = User.objects.get(username="marketing_ops")
    return publish_request(ChangeRequest.objects.get().pk, acting_user=author, now=NOW)


def sweep() -> object:
    return tick(DUE)


def state() -> tuple[object, ...]:
    """What a publication changes."""
    request = ChangeRequest.objects.get()
    return (
        request.state,
        request.version_id is not None,
        PolicyVersion.objects.filter(workstream="scoring").count(),
        Edition.objects.count(),
        Notification.objects.filter(kind="policy_published").exists(),
        request.events.filter(kind="published").count(),
    )


NEW = ("published", True, 2, 2, True, 1)


@pytest.mark.parametrize(("act", "before"), [(click, "approved"), (sweep, "scheduled")])
def test_killed_at_each_statement(
    playbook: EditionInForce,
    cast: SimpleNamespace,
    tmp_path: Path,
    act: Callable[[], object],
    before: str,
) -> None:
    if before == "scheduled":
        scheduled(cast)
    else:
        approved("scoring", a_change("scoring", 1), cast.marketing_ops, signers(cast, "scoring"))
    old = (before, False, 1, 1, False, 0)
    seen = []
    with on_file(tmp_path / "killed.sqlite3"):
        for number in range(1, MOST):
            was_killed = killed_at(number, act)
            forget()
            seen.append(state())
            assert seen[-1] in {old, NEW}, f"killed at statement {number}: {seen[-1]}"
            if not was_killed:
                break
            if seen[-1] == old and number % 8 == 1:
                goes_on(act)
        assert_holds(Look(DUE, swept=act is sweep))
        again = act()
        assert state() == NEW
        assert again == 0 or isinstance(again, ChangeRequest)

    # Then the whole publication was walked through, and it happened once, at its commit
    assert len(seen) > 40
    assert seen.index(NEW) == sum(each == old for each in seen)


def goes_on(act: Callable[[], object]) -> None:
    """After a death everything holds, and the same act then publishes; taken back to try the next death."""
    assert_holds(Look(NOW))
    with transaction.atomic():
        act()
        assert state() == NEW
        assert_holds(Look(NOW))
        transaction.set_rollback(True)
    forget()
    assert_holds(Look(NOW))


class NoTransaction:
    """Stands for django.db.transaction where nothing is atomic."""

    @staticmethod
    def atomic() -> AbstractContextManager[None]:
        return nullcontext()


def test_control_without_the_transaction_half_of_it_is_left(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = approved("scoring", a_change("scoring", 1), cast.marketing_ops, signers(cast, "scoring"))
    for room in ("publishing", "publish", "touches"):
        monkeypatch.setattr(f"glossary.services.{room}.transaction", NoTransaction)
    unlocked(monkeypatch, ChangeRequest, Edition)
    old = ("approved", False, 1, 1, False, 0)
    assert request.state == "approved"
    with on_file(tmp_path / "killed.sqlite3"):
        for number in range(10, MOST, 3):
            assert killed_at(number, click), "it ended before it was half done"
            forget()
            if state() != old:
                break
        assert state() != NEW
        with pytest.raises(AssertionError):
            assert_holds(Look(NOW))
