"""Whatever happens to leads, their current-state columns are what the log says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from glossary.types import EditionInForce
from people.models import User
from routing.exceptions import RoutingRefused
from routing.models import Lead, QueueMember, StageEntry
from routing.services.advance import advance
from routing.services.assign import assign_to, drain_all, route
from routing.services.behaviours import record_behaviour
from routing.services.intake import intake
from routing.services.merge import merge
from routing.services.rebuild import DERIVED_COLUMNS, rebuild, void_entry
from routing.services.touches import log_touch
from routing.types import Capture, Evidence, TouchInput
from tests.routing.leads_for_tests import PERSON, SQL_GIVEN, new_lead, new_mql, owned_mql
from tests.support import NOW

pytestmark = pytest.mark.django_db

LEADS = st.integers(0, 3)
PEOPLE = st.sampled_from(["system", "sdr", "sdr_b", "manager", "revops"])
TARGETS = st.sampled_from(["lead", "mql", "sal", "sql", "opportunity", "won", "recycled", "disqualified"])
BEHAVIOURS = st.sampled_from(["demo_request", "pricing_page", "email_click", "trial_signup"])
ACT = st.one_of(
    st.tuples(st.just("intake"), LEADS, st.integers(0, 5)),
    st.tuples(st.just("behaviour"), LEADS, BEHAVIOURS),
    st.tuples(st.just("touch"), LEADS, PEOPLE),
    st.tuples(st.just("advance"), LEADS, PEOPLE, TARGETS, st.booleans()),
    st.tuples(st.just("void"), LEADS, PEOPLE),
    st.tuples(st.just("merge"), LEADS, LEADS, PEOPLE),
    st.tuples(st.just("assign"), LEADS, st.sampled_from(["sdr", "sdr_b"])),
    st.tuples(st.just("route"), LEADS),
    st.tuples(st.just("drain"), LEADS),
)


class Play:
    """Carries out acts, one a minute; what is refused changes nothing."""

    def __init__(self, cast: SimpleNamespace) -> None:
        self.cast, self.now, self.done = cast, NOW, 0

    def act(self, act: tuple[object, ...]) -> None:
        self.now += timedelta(minutes=7)
        verb: Callable[..., object] = getattr(self, str(act[0]))
        try:
            verb(*act[1:])
            self.done += 1
        except RoutingRefused:
            return

    def lead(self, number: int) -> int:
        leads = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
        return leads[number % len(leads)]

    def person(self, name: str) -> User | None:
        return None if name == "system" else getattr(self.cast, name)

    def intake(self, number: int, days: int) -> None:
        captured = self.now - timedelta(days=days)
        payload = {**PERSON, "email": f"p{number}@acme.example", "opportunity_id": "o1", "amount": 5}
        intake(payload, acting_user=None, now=self.now, capture=Capture(captured_at=captured))

    def behaviour(self, number: int, name: str) -> None:
        record_behaviour(self.lead(number), name, occurred_at=self.now, now=self.now)

    def touch(self, number: int, who: str) -> None:
        touch = TouchInput("call", "reached", UUID(int=int(self.now.timestamp())))
        log_touch(self.lead(number), touch, acting_user=self.person(who), now=self.now)

    def advance(self, number: int, who: str, to_stage: str, earlier: bool) -> None:
        at: datetime | None = self.now - timedelta(minutes=3) if earlier else None
        given = SQL_GIVEN if to_stage == "sql" else {}
        evidence = Evidence(occurred_at=at, given=given)
        advance(self.lead(number), to_stage, acting_user=self.person(who), now=self.now, evidence=evidence)

    def void(self, number: int, who: str) -> None:
        entries = StageEntry.objects.filter(
            lead=self.lead(number), voids__isnull=True, voided_by__isnull=True
        )
        newest = entries.order_by("occurred_at", "id").last()
        if newest is not None:
            void_entry(newest.pk, acting_user=self.person(who), now=self.now, reason="mistake")

    def merge(self, duplicate: int, survivor: int, who: str) -> None:
        merge(self.lead(duplicate), self.lead(survivor), acting_user=self.person(who), now=self.now)

    def assign(self, number: int, owner: str) -> None:
        assign_to(self.lead(number), getattr(self.cast, owner), acting_user=None, now=self.now)

    def route(self, number: int) -> None:
        route(self.lead(number), now=self.now)

    def drain(self, number: int) -> None:
        drain_all(now=self.now)


def columns() -> list[tuple[object, ...]]:
    return list(Lead.objects.order_by("pk").values_list("pk", *DERIVED_COLUMNS))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACT, min_size=4, max_size=14))
def test_columns_are_what_the_log_says(
    playbook: EditionInForce, cast: SimpleNamespace, acts: list[tuple[object, ...]]
) -> None:
    with transaction.atomic():
        QueueMember.objects.get_or_create(queue="emea_sdr", user=cast.sdr, defaults={"cap": 1})
        play = Play(cast)
        for number in range(3):
            play.intake(number, number)
        owned_mql(cast.sdr, play.now, email="p3@acme.example")
        for act in acts:
            play.act(act)
        event(f"{play.done} of {len(acts)} acts carried out")
        before = columns()
        assert rebuild(Lead.objects.values_list("pk", flat=True)) == 0
        assert columns() == before
        Lead.objects.update(
            stage="nonsense", stage_entered_at=None, pass_number=9, owner=cast.cro, queue="x", territory="y"
        )
        assert rebuild(Lead.objects.values_list("pk", flat=True)) == len(before)
        assert columns() == before
        transaction.set_rollback(True)


def test_a_wrong_column_is_found_and_only_that_lead_written(playbook: EditionInForce) -> None:
    right, wrong = new_lead(), new_mql(email="ben@corp.example")
    Lead.objects.filter(pk=wrong.pk).update(stage="won")
    assert rebuild([right.pk, wrong.pk]) == 1
    wrong.refresh_from_db()
    assert wrong.stage == "mql"


def test_imported_entries_count_by_when_they_happened(playbook: EditionInForce) -> None:
    lead = Lead.objects.create(company="Olive", captured_at=NOW, recorded_at=NOW, is_imported=True)
    for stage, days in (("won", 1), ("mql", 9)):
        StageEntry.objects.create(
            lead=lead,
            pass_number=1,
            to_stage=stage,
            occurred_at=NOW - timedelta(days=days),
            recorded_at=NOW,
            origin="import",
            actor_name="import",
        )
    assert rebuild([lead.pk]) == 1
    lead.refresh_from_db()
    assert (lead.stage, lead.stage_entered_at) == ("won", NOW - timedelta(days=1))
