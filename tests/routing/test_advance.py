"""advance(), the rules' own gate, touches and voiding: who may, when, and what is written."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from glossary.engine.documents import GlossaryDocument, Move
from glossary.types import EditionInForce
from routing.exceptions import AdvanceRefused, Conflict, MoveNotAllowed, NotPermitted, RoutingRefused
from routing.models import LeadChange, SlaClock, StageEntry, Touch
from routing.services.advance import advance
from routing.services.assign import assign_to
from routing.services.behaviours import record_behaviour
from routing.services.qualify import qualify
from routing.services.rebuild import void_entry
from routing.services.touches import log_touch
from routing.types import Evidence, TouchInput
from tests.routing.leads_for_tests import SQL_GIVEN, minutes, new_lead, new_mql, owned_mql, stages, step
from tests.support import NOW

pytestmark = pytest.mark.django_db


def test_an_owner_accepts_a_touched_lead(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    entry = step(lead, "sal", cast.sdr, NOW + minutes(10))
    lead.refresh_from_db()
    assert (lead.stage, lead.stage_entered_at, lead.pass_number) == ("sal", NOW + minutes(10), 1)
    assert (entry.from_stage, entry.actor_name, entry.origin) == ("mql", "sdr", "person")
    assert (entry.edition_id, entry.verdict["holds"]) == (playbook.id, True)
    assert SlaClock.objects.get(lead=lead, key="acceptance").state == "met"
    assert SlaClock.objects.get(lead=lead, key="qualification").state == "running"


def test_an_untouched_lead_is_not_accepted(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = new_mql()
    assign_to(lead.pk, cast.sdr, acting_user=None, now=NOW)
    with pytest.raises(AdvanceRefused) as refused:
        step(lead, "sal", cast.sdr, NOW)
    assert refused.value.verdict is not None
    assert any("touch" in line.lower() for line in refused.value.messages)
    assert stages(lead)[-1] == "mql"


@pytest.mark.parametrize("missing", sorted(SQL_GIVEN))
def test_every_confirmation_is_needed(playbook: EditionInForce, cast: SimpleNamespace, missing: str) -> None:
    lead = owned_mql(cast.sdr)
    step(lead, "sal", cast.sdr, NOW)
    given = {key: value for key, value in SQL_GIVEN.items() if key != missing}
    with pytest.raises(AdvanceRefused, match="To be confirmed"):
        step(lead, "sql", cast.sdr, NOW, **given)
    assert step(lead, "sql", cast.sdr, NOW, **SQL_GIVEN).to_stage == "sql"


def test_a_confirmation_nobody_asked_for_is_refused(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    with pytest.raises(AdvanceRefused, match="asks for no confirmation vibes"):
        step(lead, "sal", cast.sdr, NOW, vibes=True)


@pytest.mark.parametrize(
    ("who", "to_stage", "error"),
    [
        ("sdr", "sal", None),
        ("manager", "sal", None),
        ("revops", "sal", MoveNotAllowed),
        ("revops", "recycled", None),
        ("manager", "recycled", None),
        ("sdr_b", "sal", NotPermitted),
        ("manager_b", "sal", NotPermitted),
        ("ae", "recycled", NotPermitted),
        ("cro", "recycled", NotPermitted),
        ("marketing_ops", "recycled", NotPermitted),
        ("system", "sal", MoveNotAllowed),
        ("sdr", "won", MoveNotAllowed),
        ("sdr", "moon", MoveNotAllowed),
        ("sdr", "mql", Conflict),
    ],
)
def test_who_may_move_a_lead_where(
    playbook: EditionInForce, cast: SimpleNamespace, who: str, to_stage: str, error: type[Exception] | None
) -> None:
    lead = owned_mql(cast.sdr)
    user = None if who == "system" else getattr(cast, who)
    if error is None:
        assert step(lead, to_stage, user, NOW).to_stage == to_stage
        return
    with pytest.raises(error):
        step(lead, to_stage, user, NOW)
    assert stages(lead)[-1] == "mql"


def test_a_deactivated_owner_may_nothing(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    cast.sdr.is_active = False
    cast.sdr.save()
    with pytest.raises(NotPermitted):
        step(lead, "recycled", cast.sdr, NOW)


def test_the_second_of_two_learns_who_was_first(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    step(lead, "sal", cast.sdr, NOW + minutes(1))
    with pytest.raises(Conflict, match="sdr moved it there at 2026-11-23 10:01"):
        step(lead, "sal", cast.manager, NOW + minutes(2))


@pytest.mark.parametrize(
    ("offset", "words"), [(timedelta(seconds=1), "future"), (-timedelta(days=1), "before Anna Berg entered")]
)
def test_a_time_that_cannot_be_is_refused(
    playbook: EditionInForce, cast: SimpleNamespace, offset: timedelta, words: str
) -> None:
    lead = owned_mql(cast.sdr)
    with pytest.raises(RoutingRefused, match=words):
        advance(
            lead.pk, "recycled", acting_user=cast.sdr, now=NOW, evidence=Evidence(occurred_at=NOW + offset)
        )


def test_what_happened_earlier_is_dated_then(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    evidence = Evidence(occurred_at=NOW + minutes(3), reason="no_budget")
    entry = advance(lead.pk, "recycled", acting_user=cast.sdr, now=NOW + minutes(60), evidence=evidence)
    assert (entry.occurred_at, entry.recorded_at, entry.reason) == (
        NOW + minutes(3),
        NOW + minutes(60),
        "no_budget",
    )


def test_leaving_a_detour_opens_the_next_pass(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    assert step(lead, "recycled", cast.sdr, NOW + minutes(1)).pass_number == 1
    assert step(lead, "disqualified", cast.sdr, NOW + minutes(2)).pass_number == 1
    assert step(lead, "lead", cast.revops, NOW + minutes(3)).pass_number == 2
    lead.refresh_from_db()
    assert lead.pass_number == 2


def test_the_rules_move_a_lead_up_once_per_pass(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = new_lead()
    record_behaviour(lead.pk, "demo_request", occurred_at=NOW, now=NOW)
    assert stages(lead) == ["inquiry", "lead", "mql"]
    record_behaviour(lead.pk, "demo_request", occurred_at=NOW + minutes(1), now=NOW + minutes(1))
    assert qualify(lead.pk, now=NOW + minutes(2)) == []
    assert stages(lead) == ["inquiry", "lead", "mql"]


def test_decay_demotes_nobody(playbook: EditionInForce) -> None:
    lead = new_mql()
    later = NOW + timedelta(days=400)
    assert qualify(lead.pk, now=later) == []
    lead.refresh_from_db()
    assert (lead.stage, lead.scored_at) == ("mql", later)
    assert (lead.intent_score or 0) < 1


def test_crossing_a_threshold_is_a_change_and_decay_is_not(playbook: EditionInForce) -> None:
    lead = new_mql()
    qualify(lead.pk, now=NOW + timedelta(days=1))
    assert not LeadChange.objects.filter(lead=lead, field="intent_score").exists()
    for name in ("trial_signup", "webinar"):
        record_behaviour(lead.pk, name, occurred_at=NOW + minutes(1), now=NOW + timedelta(days=1))
    change = LeadChange.objects.get(lead=lead, field="intent_score")
    assert change.cause == "scoring"
    assert (change.before or 0) < 65 <= (change.after or 0)


def test_a_recycled_lead_comes_back_by_new_behaviour_only(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = owned_mql(cast.sdr)
    step(lead, "recycled", cast.sdr, NOW + minutes(1))
    # When nothing new happened, or something that makes no difference, it stays where it is.
    assert qualify(lead.pk, now=NOW + minutes(2)) == []
    record_behaviour(lead.pk, "email_click", occurred_at=NOW + minutes(3), now=NOW + minutes(3))
    assert stages(lead)[-1] == "recycled"
    record_behaviour(lead.pk, "demo_request", occurred_at=NOW + minutes(4), now=NOW + minutes(4))
    lead.refresh_from_db()
    assert (lead.stage, lead.pass_number) == ("mql", 2)


def test_a_behaviour_with_a_key_counts_once(playbook: EditionInForce) -> None:
    lead = new_lead()
    first = record_behaviour(lead.pk, "webinar", occurred_at=NOW, now=NOW, external_key="w1")
    again = record_behaviour(lead.pk, "webinar", occurred_at=NOW, now=NOW, external_key="w1")
    assert first.pk == again.pk


def test_the_same_form_twice_is_one_touch(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead, other = owned_mql(cast.sdr), owned_mql(cast.sdr, email="ben@corp.example")
    touch = TouchInput("email", "sent", uuid4(), note="Hello")
    first = log_touch(lead.pk, touch, acting_user=cast.sdr, now=NOW)
    assert log_touch(lead.pk, touch, acting_user=cast.sdr, now=NOW + minutes(1)).pk == first.pk
    assert Touch.objects.filter(token=touch.token).count() == 1
    with pytest.raises(Conflict):
        log_touch(other.pk, touch, acting_user=cast.sdr, now=NOW)


def test_only_a_person_stops_the_first_touch_clock(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = new_mql()
    assign_to(lead.pk, cast.sdr, acting_user=None, now=NOW)
    clock = SlaClock.objects.get(lead=lead, key="first_touch")
    sequence = log_touch(
        lead.pk, TouchInput("email", "sent", uuid4()), acting_user=None, now=NOW + minutes(1)
    )
    clock.refresh_from_db()
    assert (sequence.automatic, clock.state) == (True, "running")
    log_touch(
        lead.pk, TouchInput("call", "no_answer", uuid4()), acting_user=cast.manager, now=NOW + minutes(2)
    )
    clock.refresh_from_db()
    assert (clock.state, clock.stopped_at) == ("met", NOW + minutes(2))


def test_strangers_and_bad_values_touch_nothing(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    before = Touch.objects.count()
    with pytest.raises(NotPermitted):
        log_touch(lead.pk, TouchInput("call", "sent", uuid4()), acting_user=cast.sdr_b, now=NOW)
    bad = TouchInput("pigeon", "eaten", uuid4(), note="x" * 10_001, occurred_at=NOW + minutes(1))
    with pytest.raises(RoutingRefused) as refused:
        log_touch(lead.pk, bad, acting_user=cast.sdr, now=NOW)
    assert len(refused.value.messages) == 4
    assert Touch.objects.count() == before


@pytest.mark.parametrize(
    ("who", "after_minutes", "allowed"),
    [
        ("sdr", 15, True),
        ("sdr", 16, False),
        ("manager", 1, False),
        ("revops", 5000, True),
        ("sdr_b", 1, False),
    ],
)
def test_who_may_void_an_entry_and_until_when(
    playbook: EditionInForce, cast: SimpleNamespace, who: str, after_minutes: int, allowed: bool
) -> None:
    lead = owned_mql(cast.sdr)
    entry = step(lead, "recycled", cast.sdr, NOW)
    now = NOW + minutes(after_minutes)
    if not allowed:
        with pytest.raises(NotPermitted):
            void_entry(entry.pk, acting_user=getattr(cast, who), now=now, reason="mistake")
        return
    void_entry(entry.pk, acting_user=getattr(cast, who), now=now, reason="mistake")
    lead.refresh_from_db()
    assert (lead.stage, lead.stage_entered_at, lead.pass_number) == ("mql", NOW, 1)
    assert StageEntry.objects.filter(pk=entry.pk).exists()


def test_only_the_newest_entry_is_voided_once_and_with_a_reason(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = owned_mql(cast.sdr)
    first, second = step(lead, "sal", cast.sdr, NOW), step(lead, "recycled", cast.sdr, NOW)
    with pytest.raises(Conflict, match="newest"):
        void_entry(first.pk, acting_user=cast.revops, now=NOW, reason="x")
    with pytest.raises(RoutingRefused, match="Say why"):
        void_entry(second.pk, acting_user=cast.revops, now=NOW, reason="  ")
    row = void_entry(second.pk, acting_user=cast.revops, now=NOW, reason="x")
    for again in (second.pk, row.pk):
        with pytest.raises(RoutingRefused):
            void_entry(again, acting_user=cast.revops, now=NOW, reason="x")
    void_entry(first.pk, acting_user=cast.revops, now=NOW, reason="x")
    assert stages(lead)[-1] == "mql"


def test_voiding_gives_the_clocks_back_as_they_were(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    acceptance = SlaClock.objects.get(lead=lead, key="acceptance")
    entry = step(lead, "sal", cast.sdr, NOW + minutes(5))
    void_entry(entry.pk, acting_user=cast.sdr, now=NOW + minutes(6), reason="wrong lead")
    again = SlaClock.objects.get(pk=acceptance.pk)
    assert (again.state, again.started_at, again.due_at, again.next_alert_at) == (
        "running",
        acceptance.started_at,
        acceptance.due_at,
        acceptance.next_alert_at,
    )
    assert list(again.attempts.values_list("owner", "state")) == [(cast.sdr.pk, "running")]
    assert SlaClock.objects.get(lead=lead, key="qualification").state == "void"
    assert LeadChange.objects.filter(lead=lead, cause="entry voided").count() == 2


def test_voiding_a_recycling_gives_its_clock_back(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    entry = step(lead, "recycled", cast.sdr, NOW + minutes(5))
    assert SlaClock.objects.get(lead=lead, key="acceptance").state == "void"
    void_entry(entry.pk, acting_user=cast.sdr, now=NOW + minutes(6), reason="wrong lead")
    assert SlaClock.objects.get(lead=lead, key="acceptance").state == "running"


def test_the_standard_playbook_leaves_acceptance_to_people(playbook: EditionInForce) -> None:
    move: Move = playbook.document(GlossaryDocument).moves_by_ends["mql", "sal"]
    assert "system" not in move.by
