"""merge(): two leads become one, and nothing of either is lost."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from glossary.types import EditionInForce
from routing.exceptions import Conflict, NotPermitted
from routing.models import Assignment, Behaviour, ExternalId, Lead, LeadChange, SlaClock, StageEntry, Touch
from routing.services.assign import assign_to
from routing.services.behaviours import record_behaviour
from routing.services.intake import intake
from routing.services.merge import merge
from routing.types import Capture
from tests.routing.leads_for_tests import minutes, new_lead, new_mql, owned_mql, stages, step
from tests.support import NOW

pytestmark = pytest.mark.django_db
OTHER = "anna@home.example"


def rows() -> list[int]:
    models = (Lead, LeadChange, StageEntry, Assignment, SlaClock, ExternalId, Behaviour, Touch)
    return [model.objects.count() for model in models]


def test_blanks_are_filled_and_the_earliest_capture_kept(playbook: EditionInForce) -> None:
    early = Capture(captured_at=NOW - timedelta(days=9), external=("crm", "1"))
    payload = {"email": OTHER, "job_title": "CTO", "company": "Home", "landing_page": "/x"}
    duplicate = intake(payload, acting_user=None, now=NOW, capture=early).lead
    survivor = merge(duplicate.pk, new_lead().pk, acting_user=None, now=NOW + minutes(1))
    assert survivor.captured_at == NOW - timedelta(days=9)
    assert (survivor.job_title, survivor.company, survivor.attributes) == (
        "CTO",
        "Acme Tools",
        {"landing_page": "/x"},
    )
    assert ExternalId.objects.get(system="crm").lead_id == survivor.pk
    causes = LeadChange.objects.filter(lead=survivor, cause="merge").values_list("field", flat=True)
    assert {"job_title", "landing_page", "captured_at", "merged"} <= set(causes)
    duplicate.refresh_from_db()
    assert (duplicate.merged_into_id, duplicate.email) == (survivor.pk, OTHER)


def test_an_address_is_taken_over_by_a_survivor_without_one(playbook: EditionInForce) -> None:
    survivor = intake({}, acting_user=None, now=NOW, capture=Capture(external=("crm", "1"))).lead
    merged = merge(new_lead().pk, survivor.pk, acting_user=None, now=NOW)
    assert (merged.email, merged.folded["email"]) == ("anna.berg@acme-tools.example",) * 2


def test_merging_twice_changes_nothing(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr_b, email=OTHER)
    merge(duplicate.pk, survivor.pk, acting_user=cast.revops, now=NOW + minutes(1))
    before = rows(), list(Lead.objects.order_by("pk").values_list())
    merge(duplicate.pk, survivor.pk, acting_user=cast.revops, now=NOW + minutes(2))
    merge(survivor.pk, duplicate.pk, acting_user=cast.revops, now=NOW + minutes(2))
    merge(survivor.pk, survivor.pk, acting_user=cast.revops, now=NOW + minutes(2))
    assert (rows(), list(Lead.objects.order_by("pk").values_list())) == before


def test_a_chain_leads_to_the_final_survivor(playbook: EditionInForce) -> None:
    first, second, third = (new_lead(email=f"p{n}@acme.example") for n in range(3))
    merge(first.pk, second.pk, acting_user=None, now=NOW)
    merge(second.pk, third.pk, acting_user=None, now=NOW)
    assert set(Lead.objects.filter(merged_into__isnull=False).values_list("merged_into", flat=True)) == {
        third.pk
    }
    fourth = new_lead(email="p4@acme.example")
    assert merge(fourth.pk, first.pk, acting_user=None, now=NOW).pk == third.pk
    # A circle cannot be made: the survivor of everything is already there.
    assert merge(third.pk, first.pk, acting_user=None, now=NOW).pk == third.pk
    assert Lead.objects.standing().count() == 1


def test_a_lead_that_was_merged_elsewhere_is_refused(playbook: EditionInForce) -> None:
    first, second, third = (new_lead(email=f"p{n}@acme.example") for n in range(3))
    merge(first.pk, second.pk, acting_user=None, now=NOW)
    with pytest.raises(Conflict, match=f"merge lead {second.pk}"):
        merge(first.pk, third.pk, acting_user=None, now=NOW)


@pytest.mark.parametrize(
    ("survivor", "duplicate", "expected"),
    [
        ("granted", "withdrawn", "withdrawn"),
        ("withdrawn", "granted", "withdrawn"),
        ("granted", "denied", "denied"),
        ("", "granted", "granted"),
        ("granted", "", "granted"),
    ],
)
def test_the_stricter_consent_wins(
    playbook: EditionInForce, survivor: str, duplicate: str, expected: str
) -> None:
    kept, gone = new_lead(consent=survivor), new_lead(email=OTHER, consent=duplicate)
    assert merge(gone.pk, kept.pk, acting_user=None, now=NOW).consent == expected


def test_suppression_stays_with_the_person(playbook: EditionInForce) -> None:
    survivor, duplicate = new_lead(), new_lead(email=OTHER)
    Lead.objects.filter(pk=duplicate.pk).update(suppressed=True, suppressed_reason="competitor")
    merged = merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW)
    assert (merged.suppressed, merged.suppressed_reason) == (True, "competitor")


def test_the_oldest_clock_runs_on_and_the_other_is_void(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    duplicate = new_mql(email=OTHER)
    assign_to(duplicate.pk, cast.sdr_b, acting_user=None, now=NOW)
    survivor = new_mql(NOW + minutes(5))
    assign_to(survivor.pk, cast.sdr, acting_user=None, now=NOW + minutes(5))
    merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW + minutes(9))
    running = SlaClock.objects.get(key="first_touch", state="running")
    assert (running.lead_id, running.started_at) == (survivor.pk, NOW)
    assert list(SlaClock.objects.filter(key="first_touch", state="void").values_list("lead", flat=True)) == [
        survivor.pk
    ]


def test_a_promise_kept_to_the_survivor_does_not_run_again(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    survivor, duplicate = owned_mql(cast.sdr), new_mql(email=OTHER)
    assign_to(duplicate.pk, cast.sdr_b, acting_user=None, now=NOW)
    merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW + minutes(1))
    assert sorted(
        SlaClock.objects.filter(lead=survivor, key="first_touch").values_list("state", flat=True)
    ) == ["met"]
    assert SlaClock.objects.get(lead=duplicate, key="first_touch").state == "void"


def test_an_owner_goes_to_a_survivor_without_one(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    survivor, duplicate = new_lead(), owned_mql(cast.sdr, email=OTHER)
    merged = merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW + minutes(1))
    assert merged.owner == cast.sdr
    active = Assignment.objects.filter(ended_at__isnull=True)
    assert list(active.values_list("lead", "owner", "cause")) == [(survivor.pk, cast.sdr.pk, "merged")]


def test_a_survivor_keeps_its_owner(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr_b, email=OTHER)
    merged = merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW + minutes(1))
    assert merged.owner == cast.sdr
    assert Assignment.objects.filter(ended_at__isnull=True).count() == 1


def test_the_survivor_is_taken_to_where_the_duplicate_was(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    survivor, duplicate = new_lead(), owned_mql(cast.sdr, email=OTHER)
    step(duplicate, "sal", cast.sdr, NOW)
    merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW + minutes(1))
    assert stages(survivor) == ["inquiry", "lead", "sal"]
    assert stages(duplicate) == ["inquiry", "lead", "mql", "sal"]


def test_a_duplicate_that_was_disqualified_disqualifies_only_itself(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr, email=OTHER)
    step(duplicate, "disqualified", cast.sdr, NOW + minutes(1))
    assert merge(duplicate.pk, survivor.pk, acting_user=cast.sdr, now=NOW + minutes(2)).stage == "mql"


def test_what_the_duplicate_did_qualifies_the_survivor(playbook: EditionInForce) -> None:
    survivor = new_lead()
    duplicate = new_lead(email=OTHER, employees=3, industry="retail")
    record_behaviour(duplicate.pk, "demo_request", occurred_at=NOW, now=NOW)
    assert stages(duplicate)[-1] == "lead"
    assert merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW + minutes(1)).stage == "mql"


def test_later_behaviour_of_the_duplicate_reaches_the_survivor(playbook: EditionInForce) -> None:
    survivor, duplicate = new_lead(), new_lead(email=OTHER)
    merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW)
    record_behaviour(duplicate.pk, "demo_request", occurred_at=NOW, now=NOW)
    assert Behaviour.objects.get().lead_id == survivor.pk


@pytest.mark.parametrize(
    ("who", "allowed"), [("sdr", True), ("manager", True), ("sdr_b", False), ("cro", False)]
)
def test_who_may_merge(playbook: EditionInForce, cast: SimpleNamespace, who: str, allowed: bool) -> None:
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr, email=OTHER)
    if allowed:
        assert merge(duplicate.pk, survivor.pk, acting_user=getattr(cast, who), now=NOW).pk == survivor.pk
        return
    with pytest.raises(NotPermitted):
        merge(duplicate.pk, survivor.pk, acting_user=getattr(cast, who), now=NOW)


def test_nobody_merges_into_what_they_cannot_see(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    survivor, duplicate = owned_mql(cast.sdr_b), owned_mql(cast.sdr, email=OTHER)
    with pytest.raises(NotPermitted, match="cannot see"):
        merge(duplicate.pk, survivor.pk, acting_user=cast.sdr, now=NOW)
