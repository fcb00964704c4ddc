"""The demo organisation: reproducible from its seed, and wholly there or not at all."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from config.demo.play import Play
from config.management.commands import demo
from glossary.models import Acknowledgement, BackTest, ChangeRequest, SignOff
from glossary.queries.verify import verify_everything
from notifications.models import Notification
from people.models import User
from routing.models import Assignment, Lead, SlaClock, StageEntry
from tests.support import NOW

pytestmark = pytest.mark.django_db
LEADS = 90
ROLES = {"sdr", "ae", "sales_manager", "revops", "cro", "cmo", "finance", "marketing_ops"}


@pytest.fixture(autouse=True)
def _six_weeks_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "YEAR", timedelta(days=42))


def play(**options: object) -> str:
    """Run the command and give back what it says."""
    out = io.StringIO()
    call_command("demo", **{"leads": LEADS, "until": NOW, "stdout": out, **options})
    return out.getvalue()


def story(**options: object) -> list[tuple[object, ...]]:
    """The log of a demo that is forgotten at once, without the keys that a database gives."""
    with transaction.atomic():
        play(**options)
        rows = StageEntry.objects.order_by("occurred_at", "lead__email", "id")
        told = list(rows.values_list("lead__email", "from_stage", "to_stage", "occurred_at", "actor_name"))
        transaction.set_rollback(True)
    return told


def test_a_demo_has_what_there_is_to_see() -> None:
    assert "ava" in play()

    assert set(User.objects.values_list("groups__name", flat=True)) >= ROLES
    assert not User.objects.filter(is_demo=False).exists()
    assert Lead.objects.count() == LEADS
    assert set(Lead.objects.values_list("region", flat=True)) >= {"emea", "amer", "apac"}
    reached = set(StageEntry.objects.values_list("to_stage", flat=True))
    assert reached >= {"inquiry", "lead", "mql", "sal", "recycled", "disqualified"}
    assert SlaClock.objects.running().exists()
    assert SlaClock.objects.filter(breached_at__isnull=False).exists()
    assert Assignment.objects.filter(ended_at=None, owner__isnull=False).exists()
    # And the played past sends no mail today
    assert Notification.objects.exists()
    assert not Notification.objects.filter(state="pending", not_before__lt=NOW).exists()


def test_the_seed_decides_the_story() -> None:
    first = story(leads=20)
    assert len(first) > 20
    assert story(leads=20) == first
    assert story(leads=20, seed=21) != first


def test_a_demo_that_was_interrupted_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a company must not pass for a whole one at the next start."""

    def interrupted(self: Play, leads: int, **given: object) -> None:
        User.objects.update(first_name="Half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Play, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            play(if_empty=True)
    assert not User.objects.exists()

    assert "is ready" in play(if_empty=True, leads=3)
    assert Lead.objects.count() == 3


def test_a_second_start_keeps_what_is_there() -> None:
    play(leads=3)
    entries = StageEntry.objects.count()

    assert "ava" in play(if_empty=True, leads=3)
    assert StageEntry.objects.count() == entries
    with pytest.raises(CommandError, match="only goes into an empty database"):
        play(leads=3)


def test_changes_were_made_and_some_wait() -> None:
    play()

    states = dict(ChangeRequest.objects.values_list("title", "state"))
    assert states["Prices count more"] == states["A reason for students"] == "published"
    assert states["First touch within half an hour"] == "rejected"
    assert states["Schools are no MQLs"] == states["Raise the MQL threshold to 70"] == "in_review"
    assert states["A higher MQL to SQL target"] == "draft"
    read = Acknowledgement.objects.filter(acknowledged_at__isnull=False).count()
    assert 0 < read < Acknowledgement.objects.count()
    assert verify_everything().editions == 3
    # What waits for Finance can be validated: every proposed definition was measured, the published one before it.
    assert set(BackTest.objects.values_list("state", flat=True)) == {"done"}
    assert BackTest.objects.count() == 3
    validated = SignOff.objects.get(request__title="Prices count more", duty="validate")
    assert validated.back_test is not None
