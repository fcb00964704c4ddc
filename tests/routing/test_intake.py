"""intake(): the door for live leads."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace

import pytest

from glossary.types import EditionInForce
from routing.choices import Consent
from routing.exceptions import Conflict, IntakeRefused
from routing.models import Behaviour, ExternalId, Lead, LeadChange, QueueMember, SlaClock, StageEntry
from routing.services.identity import Found, identify
from routing.services.intake import intake
from routing.services.merge import merge
from routing.types import BehaviourInput, Capture
from tests.routing.leads_for_tests import PERSON, demo, minutes, new_lead, new_mql, stages
from tests.support import NOW

pytestmark = pytest.mark.django_db


def test_a_new_person_becomes_a_lead_with_its_whole_story(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    QueueMember.objects.create(queue="emea_sdr", user=cast.sdr)
    result = intake(PERSON, acting_user=None, now=NOW)
    lead = result.lead
    assert result.created
    assert (lead.email, lead.email_domain, lead.country) == (
        "anna.berg@acme-tools.example",
        "acme-tools.example",
        "DE",
    )
    assert lead.folded["company"] == "acme tools"
    assert (lead.stage, lead.pass_number, lead.icp_grade) == ("lead", 1, "A")
    assert stages(lead) == ["inquiry", "lead"]
    assert (lead.owner, lead.queue, lead.territory) == (cast.sdr, "emea_sdr", "emea")
    assert lead.assignments.count() == 1
    changed = set(LeadChange.objects.filter(lead=lead, cause="intake").values_list("field", flat=True))
    assert changed == {*PERSON, "email_status"}
    clocks = SlaClock.objects.filter(lead=lead).order_by("id").values_list("key", "state")
    assert list(clocks) == [("routing", "met"), ("first_touch", "running")]


def test_entries_carry_the_edition_and_the_verdict(playbook: EditionInForce) -> None:
    lead = new_lead()
    first, second = StageEntry.objects.filter(lead=lead)
    assert first.edition_id == second.edition_id == playbook.id
    assert second.verdict["holds"] is True


def test_a_demo_request_qualifies_at_once(playbook: EditionInForce) -> None:
    lead = new_mql()
    assert stages(lead) == ["inquiry", "lead", "mql"]
    assert lead.intent_score == pytest.approx(40)


def test_the_same_person_again_is_one_lead_and_only_known_values_overwrite(playbook: EditionInForce) -> None:
    first = new_lead()
    again = {"email": " ANNA.berg@acme-tools.example ", "company": "", "job_title": "CTO", "employees": None}
    result = intake(again, acting_user=None, now=NOW + minutes(5))
    assert (result.created, result.changed, result.lead.pk) == (False, True, first.pk)
    assert (result.lead.company, result.lead.job_title, result.lead.employees) == ("Acme Tools", "CTO", 500)
    change = LeadChange.objects.get(lead=first, field="job_title")
    assert (change.before, change.after) == (None, "CTO")


def test_the_same_payload_twice_changes_nothing(playbook: EditionInForce) -> None:
    capture = Capture(external=("crm", "77"), behaviours=(demo(NOW, "d1"),))
    intake(PERSON, acting_user=None, now=NOW, capture=capture)
    before = (LeadChange.objects.count(), StageEntry.objects.count(), Behaviour.objects.count())
    result = intake(PERSON, acting_user=None, now=NOW + minutes(1), capture=capture)
    assert (result.created, result.changed) == (False, False)
    assert (LeadChange.objects.count(), StageEntry.objects.count(), Behaviour.objects.count()) == before


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"owner": "sdr"}, "owner"),
        ({"score": 100}, "score"),
        ({"stage": "won"}, "stage"),
        ({"version": 3}, "version"),
        ({"icp_grade": "A"}, "icp_grade"),
        ({"compny": "Acme"}, "compny"),
        ({"company": "A\x00B"}, "company"),
        ({"company": "A" * 1_000_000}, "company"),
        ({"company": ["Acme"]}, "company"),
        ({"company": "\ud800"}, "company"),
        ({"region": "moon"}, "region"),
        ({"employees": "many"}, "employees"),
        ({"employees": -1}, "employees"),
        ({"employees": "1e99"}, "employees"),
        ({"email": "anna at acme"}, "email"),
    ],
)
def test_bad_values_are_refused_by_field_and_nothing_is_written(
    playbook: EditionInForce, payload: dict[str, object], field: str
) -> None:
    with pytest.raises(IntakeRefused) as refused:
        intake({**PERSON, **payload}, acting_user=None, now=NOW)
    assert [error.field for error in refused.value.errors] == [field]
    assert len(str(refused.value.errors[0].value)) <= 80
    assert Lead.objects.count() == LeadChange.objects.count() == 0


def test_every_error_is_told_at_once_and_the_nearest_field_is_named(playbook: EditionInForce) -> None:
    with pytest.raises(IntakeRefused) as refused:
        intake({"email": "x", "compny": "A", "country": "Frankreich-Ost"}, acting_user=None, now=NOW)
    assert {error.field for error in refused.value.errors} >= {"email", "compny", "country"}
    assert "'company'" in next(e.message for e in refused.value.errors if e.field == "compny")


def test_nobody_can_be_taken_in_without_a_name_to_know_them_by(playbook: EditionInForce) -> None:
    with pytest.raises(IntakeRefused, match="Send an e-mail address"):
        intake({"company": "Acme"}, acting_user=None, now=NOW)
    known = Capture(external=("crm", "1"))
    assert intake({"company": "Acme"}, acting_user=None, now=NOW, capture=known).created


@pytest.mark.parametrize(
    "capture",
    [
        Capture(captured_at=NOW + timedelta(days=1)),
        Capture(captured_at=NOW.replace(tzinfo=None)),
        Capture(behaviours=(BehaviourInput("Demo Request!", NOW),)),
        Capture(behaviours=(BehaviourInput("demo_request", NOW + timedelta(seconds=1)),)),
        Capture(behaviours=(BehaviourInput("demo_request", NOW, {"x": float("nan")}),)),
        Capture(external=("crm", "")),
    ],
)
def test_a_capture_that_cannot_be_is_refused(playbook: EditionInForce, capture: Capture) -> None:
    with pytest.raises(IntakeRefused):
        intake(PERSON, acting_user=None, now=NOW, capture=capture)
    assert not Lead.objects.exists()


def test_the_external_id_finds_the_lead_first(playbook: EditionInForce) -> None:
    crm = Capture(external=("crm", "9"))
    lead = intake(PERSON, acting_user=None, now=NOW, capture=crm).lead
    moved = intake({"email": "anna@new.example"}, acting_user=None, now=NOW, capture=crm)
    assert (moved.lead.pk, moved.lead.email, moved.lead.email_domain) == (
        lead.pk,
        "anna@new.example",
        "new.example",
    )


def test_an_id_and_an_address_of_different_people_are_refused(playbook: EditionInForce) -> None:
    crm = Capture(external=("crm", "9"))
    intake(PERSON, acting_user=None, now=NOW, capture=crm)
    new_lead(email="ben@acme-tools.example")
    with pytest.raises(IntakeRefused, match="Merge the two"):
        intake({"email": "ben@acme-tools.example"}, acting_user=None, now=NOW, capture=crm)


def test_the_address_of_a_merged_lead_finds_its_survivor(playbook: EditionInForce) -> None:
    survivor, duplicate = new_lead(), new_lead(email="anna@home.example")
    merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW)
    result = intake(
        {"email": "anna@home.example", "job_title": "CEO"}, acting_user=None, now=NOW + minutes(1)
    )
    assert (result.lead.pk, result.created, result.lead.email) == (survivor.pk, False, survivor.email)
    assert result.lead.job_title == "CEO"


def test_a_suppressed_address_takes_nothing_but_a_withdrawal(playbook: EditionInForce) -> None:
    lead = new_lead()
    Lead.objects.filter(pk=lead.pk).update(suppressed=True)
    entries, assignments = StageEntry.objects.count(), lead.assignments.count()
    payload = {**PERSON, "company": "Other", "consent": "withdrawn"}
    capture = Capture(behaviours=(demo(NOW),))
    result = intake(payload, acting_user=None, now=NOW + minutes(1), capture=capture)
    assert (result.created, result.lead.company, result.lead.consent) == (False, "Acme Tools", "withdrawn")
    assert LeadChange.objects.filter(lead=lead, cause="suppressed", field="intake").exists()
    assert (StageEntry.objects.count(), lead.assignments.count()) == (entries, assignments)
    assert not Behaviour.objects.exists()


@pytest.mark.parametrize(
    ("stated", "at_minutes", "expected"),
    [
        ("withdrawn", -60, Consent.WITHDRAWN),  # a withdrawal wins even when it is learned of late
        ("granted", 1, Consent.GRANTED),
    ],
)
def test_consent_after_a_grant(playbook: EditionInForce, stated: str, at_minutes: int, expected: str) -> None:
    new_lead()
    capture = Capture(captured_at=NOW + minutes(at_minutes))
    result = intake({**PERSON, "consent": stated}, acting_user=None, now=NOW + minutes(2), capture=capture)
    assert result.lead.consent == expected


@pytest.mark.parametrize(("at_minutes", "expected"), [(-5, "withdrawn"), (0, "withdrawn"), (5, "granted")])
def test_a_grant_undoes_only_an_earlier_withdrawal(
    playbook: EditionInForce, at_minutes: int, expected: str
) -> None:
    new_lead(consent="withdrawn")
    capture = Capture(captured_at=NOW + minutes(at_minutes))
    result = intake(PERSON, acting_user=None, now=NOW + minutes(9), capture=capture)
    assert result.lead.consent == expected


def test_a_bounced_address_stays_invalid_until_the_address_changes(playbook: EditionInForce) -> None:
    lead = new_lead(email_status="invalid")
    assert intake(PERSON, acting_user=None, now=NOW).lead.email_status == "invalid"
    crm = Capture(external=("crm", "1"))
    ExternalId.objects.create(lead=lead, system="crm", value="1")
    changed = intake({"email": "anna2@acme-tools.example"}, acting_user=None, now=NOW, capture=crm)
    assert (changed.lead.pk, changed.lead.email_status) == (lead.pk, "valid")


def test_capture_in_the_past_is_when_the_first_entry_happened(playbook: EditionInForce) -> None:
    at = NOW - timedelta(days=2)
    lead = intake(PERSON, acting_user=None, now=NOW, capture=Capture(captured_at=at)).lead
    first = StageEntry.objects.filter(lead=lead).earliest("occurred_at")
    assert (first.occurred_at, first.recorded_at, lead.captured_at) == (at, NOW, at)


@pytest.mark.parametrize("external", [None, ("crm", "5")])
def test_the_loser_of_two_intakes_at_once_becomes_an_update(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch, external: tuple[str, str] | None
) -> None:
    capture = Capture(external=external)
    winner = intake(PERSON, acting_user=None, now=NOW, capture=capture).lead
    looks: list[object] = []

    def too_early(values: Mapping[str, object], given: Capture) -> Found | None:
        """The first look happens before the winner's row is there."""
        looks.append(values)
        return None if len(looks) == 1 else identify(values, given)

    monkeypatch.setattr("routing.services.intake.identify", too_early)
    loser = intake({**PERSON, "job_title": "CTO"}, acting_user=None, now=NOW, capture=capture)
    assert (loser.created, loser.lead.pk, loser.lead.job_title) == (False, winner.pk, "CTO")
    assert (len(looks), Lead.objects.count(), StageEntry.objects.filter(to_stage="inquiry").count()) == (
        2,
        1,
        1,
    )


def test_who_is_always_too_early_is_told_to_come_back(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake(PERSON, acting_user=None, now=NOW)
    monkeypatch.setattr("routing.services.intake.identify", lambda *_: None)
    with pytest.raises(Conflict, match="Send it again"):
        intake(PERSON, acting_user=None, now=NOW)
    assert Lead.objects.count() == 1
