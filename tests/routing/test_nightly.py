"""The nightly sweep: what time changes is brought up to date, once, and only where time can change anything."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary.queries.editions import forget
from glossary.types import EditionInForce
from routing import tasks
from routing.exceptions import RoutingRefused
from routing.models import Lead, LeadChange, StageEntry
from routing.queries.rescoring import Night, due_for_rescoring
from routing.services.behaviours import record_behaviour
from routing.services.case import Case
from routing.services.intake import intake
from routing.services.merge import merge
from routing.services.nightly import rescore_batch
from routing.services.qualify import follow_rules, qualify
from routing.types import BehaviourInput, Capture
from tests.glossary.amending import publish_change, stage
from tests.routing.leads_for_tests import PERSON, demo, new_lead, new_mql, stages
from tests.support import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def did(name: str, at: datetime) -> BehaviourInput:
    return BehaviourInput(name, at, {}, "")


def swept(now: datetime) -> set[int]:
    """Sweep at `now`; the leads that were looked at."""
    before = dict(Lead.objects.values_list("pk", "scored_at"))
    assert rescore_batch(now) is None
    return {pk for pk, at in Lead.objects.values_list("pk", "scored_at") if at != before[pk]}


def test_points_decay_overnight_and_a_crossing_is_recorded(playbook: EditionInForce) -> None:
    # Given an MQL with 75 points, above the bar of 65
    done = (demo(NOW), did("pricing_page", NOW), did("webinar", NOW))
    lead = new_lead(behaviours=done)
    assert lead.intent_score == 75
    # When 15 nights have gone by
    for night in range(1, 16):
        swept(NOW + night * DAY)
    # Then the column follows every night, the log has the one crossing, and nobody moved
    lead.refresh_from_db()
    assert lead.intent_score == pytest.approx(55 * 0.5**0.5 + 20 * 0.5**0.25, abs=0.01)
    assert lead.scored_at == NOW + 15 * DAY
    crossings = LeadChange.objects.filter(lead=lead, field="intent_score").order_by("id")
    assert [(row.before is not None and row.before >= 65, row.after >= 65) for row in crossings] == [
        (False, True),
        (True, False),
    ]
    assert stages(lead) == ["inquiry", "lead", "mql"]


def test_who_has_nothing_that_time_could_change_is_not_looked_at(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    # Given leads without any points, merged, suppressed, won, imported as history, and one with points
    plain = new_lead(email="plain@a.example", company="A")
    duplicate = new_lead(email="dup@b.example", company="B", behaviours=(did("webinar", NOW),))
    merge(duplicate.pk, plain.pk, acting_user=None, now=NOW)
    silent = new_lead(email="silent@c.example", company="C")
    gone = new_lead(email="gone@d.example", company="D", behaviours=(did("webinar", NOW),))
    Lead.objects.filter(pk=gone.pk).update(suppressed=True)
    won = new_lead(email="won@e.example", company="E", behaviours=(did("webinar", NOW),))
    Lead.objects.filter(pk=won.pk).update(stage="won")
    history = new_lead(email="old@f.example", company="F", behaviours=(did("webinar", NOW),))
    Lead.objects.filter(pk=history.pk).update(scored_at=None, is_imported=True)
    warm = new_lead(email="warm@g.example", company="G", behaviours=(did("webinar", NOW),))
    # When the night comes, Then only those with points that decay are rescored
    assert swept(NOW + DAY) == {plain.pk, warm.pk}
    assert silent.pk not in swept(NOW + 2 * DAY)


def test_a_second_sweep_in_the_same_night_does_nothing(playbook: EditionInForce) -> None:
    lead = new_mql()
    assert swept(NOW + DAY) == {lead.pk}
    assert swept(NOW + DAY + timedelta(hours=3)) == set()
    assert swept(NOW + 2 * DAY) == {lead.pk}


def test_a_sweep_that_was_broken_off_goes_on_where_it_was(playbook: EditionInForce) -> None:
    leads = [new_mql(email=f"a{n}@c{n}.example", company=f"C{n}") for n in range(3)]
    # Given the first batch of a sweep
    assert rescore_batch(NOW + DAY, limit=2) == leads[1].pk
    # When another begins from the start, Then only the rest is done
    assert swept(NOW + DAY + timedelta(hours=1)) == {leads[2].pk}


def test_one_lead_that_fails_does_not_hold_up_the_others(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = new_mql(), new_mql(email="b@b.example", company="B")

    def refuse(case: Case) -> list[StageEntry]:
        if case.lead.pk == first.pk:
            raise RoutingRefused("no")
        return follow_rules(case)

    monkeypatch.setattr("routing.services.nightly.follow_rules", refuse)
    assert swept(NOW + DAY) == {second.pk}
    assert f"lead {first.pk} could not be rescored" in caplog.text
    monkeypatch.undo()
    assert swept(NOW + DAY) == {first.pk}


def with_mql_gate(edition: EditionInForce, *any_: dict[str, object]) -> None:
    """Publish the glossary with another gate for MQL, in force before any lead came."""

    def change(data: dict[str, Any]) -> None:
        data["fields"] = [*data["fields"], {"key": "renewal_on", "label": "Renewal", "type": "date"}]
        stage(data, "mql")["entry"] = {"all": [{"any": list(any_)}], "none": []}

    publish_change(edition, "glossary", change, now=NOW - DAY)


def without_decay(edition: EditionInForce) -> EditionInForce:
    """Publish the scoring policy with points that stay."""

    def change(data: dict[str, Any]) -> None:
        data["intent"] = [{**rule, "half_life_days": None} for rule in data["intent"]]

    return publish_change(edition, "scoring", change, now=NOW - 2 * DAY)


WINDOWS: list[tuple[str, dict[str, object], int]] = [
    ("a behaviour long ago", {"kind": "behaviour", "behaviour": "webinar", "latest_before_days": 10}, 10),
    ("days since capture", {"kind": "firmographic", "field": "age_days", "op": "at_least", "value": 10}, 10),
    ("a date that passed", {"kind": "firmographic", "field": "renewal_on", "op": "older_than_days", "value": 10}, 10),
    ("a date that comes", {"kind": "firmographic", "field": "renewal_on", "op": "within_days", "value": 3}, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "days"), [case[1:] for case in WINDOWS], ids=[case[0] for case in WINDOWS]
)
def test_a_window_that_begins_opens_the_gate_once(
    playbook: EditionInForce, criterion: dict[str, object], days: int
) -> None:
    # Given a gate that time opens, and a lead without any points that decay
    with_mql_gate(playbook, criterion)
    ahead = 5 if not days else 0
    days = days or ahead
    renewal = (NOW + ahead * DAY).date().isoformat()
    lead = new_lead(behaviours=(did("webinar", NOW),), renewal_on=renewal)
    seen = []
    # When night follows night, each a little after the hour
    for night in range(1, days + 4):
        Lead.objects.filter(pk=lead.pk).update(intent_score=0)
        swept(NOW + night * DAY + timedelta(minutes=1))
        seen.append(stages(Lead.objects.get(pk=lead.pk)).count("mql"))
    # Then the lead became an MQL in the first night after the window began, and never again
    assert seen == [0] * (days - 1) + [1] * 4


def test_a_window_that_ends_lowers_a_grade(playbook: EditionInForce) -> None:
    """Fit may rest on behaviours too; when they grow old the grade follows, with a change row."""

    def change(data: dict[str, Any]) -> None:
        lately = {"kind": "behaviour", "behaviour": "webinar", "within_days": 7}
        data["fit"] = [{"grade": "A", "when": {"all": [{"any": [lately]}]}}]
        data["intent"] = [{**rule, "half_life_days": None} for rule in data["intent"]]

    publish_change(playbook, "scoring", change, now=NOW - DAY)
    lead = new_lead(behaviours=(did("webinar", NOW),))
    assert lead.icp_grade == "A"
    assert [swept(NOW + night * DAY) for night in (6, 7, 8)] == [set(), {lead.pk}, set()]
    lead.refresh_from_db()
    assert lead.icp_grade == "D"
    log = LeadChange.objects.filter(lead=lead, field="icp_grade").order_by("id")
    assert list(log.values_list("after", flat=True))[-2:] == ["A", "D"]


def test_after_a_long_standstill_nothing_is_missed(playbook: EditionInForce) -> None:
    with_mql_gate(playbook, WINDOWS[0][1])
    lead = new_lead(behaviours=(did("webinar", NOW),))
    Lead.objects.filter(pk=lead.pk).update(intent_score=0)
    # Given that no sweep ran for more than a year, When one runs, Then the lead is found
    assert swept(NOW + 400 * DAY) == {lead.pk}
    assert stages(lead)[-1] == "mql"
    # Negative control: what turned before it was scored last is no reason to look again
    Lead.objects.filter(pk=lead.pk).update(intent_score=0)
    assert swept(NOW + 800 * DAY) == set()


def test_a_deduction_that_fades_lifts_a_score(playbook: EditionInForce) -> None:
    """Points below zero fade as well: a score of 0 may rise by itself."""

    def change(data: dict[str, Any]) -> None:
        rule = {"key": "careers", "behaviour": "careers_page", "points": -40, "half_life_days": 5}
        data["intent"] = [*data["intent"], rule]
        data["intent"][0]["half_life_days"] = None

    publish_change(playbook, "scoring", change, now=NOW - DAY)
    lead = new_lead(behaviours=(did("careers_page", NOW), did("demo_request", NOW)))
    assert lead.intent_score == 0
    swept(NOW + 5 * DAY)
    lead.refresh_from_db()
    assert lead.intent_score == 20


def test_scores_of_an_older_policy_are_made_anew(playbook: EditionInForce) -> None:
    # Given a lead that has no points, and then a policy with other tiers
    lead = new_lead(industry="education", employees=60)
    assert (lead.icp_grade, lead.intent_score) == ("C", 0)
    assert swept(NOW + DAY) == set()

    def change(data: dict[str, Any]) -> None:
        data["fit"] = data["fit"][:1]

    publish_change(playbook, "scoring", change, now=NOW + DAY)
    # When the next night comes, Then its grade is that of the policy in force, and only once
    assert swept(NOW + 2 * DAY) == {lead.pk}
    lead.refresh_from_db()
    assert lead.icp_grade == "D"
    assert swept(NOW + 3 * DAY) == set()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    days=st.lists(
        st.tuples(st.sampled_from(("webinar", "demo_request", "pricing_page")), st.integers(0, 40)), max_size=5
    ),
    criteria=st.lists(st.sampled_from([case[1] for case in WINDOWS] + [
        {"kind": "behaviour", "behaviour": "webinar", "within_days": 20, "at_least": 2},
        {"kind": "firmographic", "field": "age_days", "op": "between", "value": [5, 20]},
        {"kind": "firmographic", "field": "renewal_on", "op": "within_days", "value": 5},
    ]), min_size=1, max_size=3),
    ahead=st.integers(-20, 40),
    decaying=st.booleans(),
    steps=st.lists(st.integers(1, 60), min_size=1, max_size=4),
)  # fmt: skip
def test_the_sweep_does_exactly_what_looking_at_every_lead_would(
    playbook: EditionInForce,
    days: list[tuple[str, int]],
    criteria: list[dict[str, object]],
    ahead: int,
    decaying: bool,
    steps: list[int],
) -> None:
    """Twins: one is swept, of the other every fact is looked at anew at the same moments."""
    with transaction.atomic():
        # Where points decay, every lead with points is found by them: windows show on their own without.
        with_mql_gate(playbook if decaying else without_decay(playbook), *criteria)
        done = tuple(did(name, NOW - back * DAY) for name, back in days)
        payload = {**PERSON, "renewal_on": (NOW + ahead * DAY).date().isoformat()}
        one, other = (
            intake(
                {**payload, "email": f"x@{name}.example"},
                acting_user=None,
                now=NOW,
                capture=Capture(behaviours=done),
            ).lead
            for name in ("swept", "asked")
        )
        now = NOW
        for step in steps:
            now += step * DAY
            rescore_batch(now)
            qualify(other.pk, now=now)
            one.refresh_from_db()
            other.refresh_from_db()
            assert (one.intent_score, one.icp_grade, one.stage) == (
                other.intent_score,
                other.icp_grade,
                other.stage,
            )
            assert stages(one) == stages(other)
        transaction.set_rollback(True)
    forget()


def test_the_task_sweeps_all_and_needs_no_policy_to_stay_calm(playbook: EditionInForce) -> None:
    lead = new_mql()
    Lead.objects.filter(pk=lead.pk).update(scored_at=NOW - 400 * DAY)
    assert tasks.rescore_nightly() is None
    lead.refresh_from_db()
    assert lead.scored_at is not None
    assert lead.scored_at > NOW - 400 * DAY


def test_before_the_first_policies_the_task_has_nothing_to_do(db: None) -> None:
    assert tasks.rescore_nightly() is None


def test_a_fact_that_came_in_the_night_is_not_judged_again(playbook: EditionInForce) -> None:
    lead = new_lead(behaviours=(did("webinar", NOW),))
    early = (NOW + DAY).replace(hour=0, minute=30)
    record_behaviour(lead.pk, "webinar", occurred_at=early, now=early)
    night = Night(early + timedelta(hours=2), early.replace(minute=0), playbook)
    assert not due_for_rescoring(night).exists()
