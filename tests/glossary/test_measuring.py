"""Asking for back-tests, cancelling them, which of them stand, and what a validation rests on."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from glossary.choices import JobState
from glossary.engine.headline import headline
from glossary.exceptions import DocumentRefused, NotAllowed, RequestRefused
from glossary.models import BackTest, ChangeRequest, SignOff
from glossary.queries.editions import edition_at
from glossary.queries.measured import stale, standing, waiting
from glossary.services import measuring
from glossary.services.measuring import Window, ask_for_request, ask_for_versions, cancel, default_window
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit, withdraw
from glossary.types import EditionInForce
from people.choices import SEES_ALL_LEADS, Role
from tests.conftest import make_person
from tests.glossary.amending import publish_change, stage, threshold
from tests.glossary.governing import (
    RESULT,
    answered,
    computed,
    edited,
    measured,
    opened,
    published,
    put_in_force_as_emergency,
    slot,
    submitted,
)
from tests.support import NOW

pytestmark = pytest.mark.django_db
WINDOW = Window(date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def request_(playbook: EditionInForce, cast: SimpleNamespace) -> ChangeRequest:
    """A change of the scoring in review, its back-test queued by the round."""
    return submitted("scoring", threshold(70), cast.marketing_ops)


# --- a round asks for one by itself


def test_a_round_queues_one_of_the_frozen_content(request_: ChangeRequest) -> None:
    [row] = waiting(request_)
    assert (row.state, row.requested_by, row.as_of, row.content) == ("queued", None, NOW, request_.content)
    assert (row.workstream, row.digest) == ("scoring", request_.digest)
    assert (row.glossary_before, row.scoring_before, row.glossary_after, row.scoring_after) == (1, 1, 1, None)
    assert (row.since, row.until) == (date(2025, 11, 23), date(2026, 11, 22))
    assert standing(request_, NOW) is None


@pytest.mark.parametrize(("workstream", "author"), [("dispositions", "revops"), ("reporting", "analytics")])
def test_a_round_that_opens_no_stage_queues_none(
    playbook: EditionInForce, cast: SimpleNamespace, workstream: str, author: str
) -> None:
    def change(data: dict[str, list[dict[str, str]]]) -> None:
        data["reasons" if workstream == "dispositions" else "kpis"][0]["label"] = "Another"

    request = submitted(workstream, change, getattr(cast, author))
    assert not BackTest.objects.exists()
    with pytest.raises(RequestRefused, match="only those of Glossary & data contract and Scoring & ICP"):
        ask_for_request(request.pk, WINDOW, acting_user=cast.revops, now=NOW)


def test_a_new_round_lets_go_of_the_one_before_and_keeps_what_was_measured(
    request_: ChangeRequest, cast: SimpleNamespace
) -> None:
    # Given a round on another content while the first back-test still waits
    first = waiting(request_)[0]
    edited(request_, threshold(75), cast.marketing_ops)
    again = measuring.ask_for_request(request_.pk, default_window(NOW), acting_user=cast.cmo, now=NOW)
    # Then nobody computes what is not proposed any more
    first.refresh_from_db()
    assert (first.state, first.ended_by_name) == (JobState.CANCELLED, "Concord")
    # And submitting what is being measured already asks nothing anew
    from_draft = computed(again)
    submit(request_.pk, acting_user=cast.marketing_ops, now=NOW)
    request_.refresh_from_db()
    assert BackTest.objects.count() == 2
    assert standing(request_, NOW) == from_draft


# --- asking


def test_asking_twice_makes_one_job(request_: ChangeRequest, cast: SimpleNamespace) -> None:
    one = ask_for_request(request_.pk, WINDOW, acting_user=cast.revops, now=NOW)
    two = ask_for_request(request_.pk, WINDOW, acting_user=cast.finance, now=NOW + timedelta(seconds=1))
    assert one == two
    other = ask_for_request(request_.pk, Window(*WINDOW[:1], date(2026, 7, 1)), acting_user=cast.cmo, now=NOW)
    assert other != one
    assert BackTest.objects.waiting().count() == 3  # with the one that the round asked for


def test_control_the_database_lets_no_second_one_through(
    request_: ChangeRequest, cast: SimpleNamespace
) -> None:
    row = ask_for_request(request_.pk, WINDOW, acting_user=cast.revops, now=NOW)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    BackTest.objects.update(state=JobState.DONE, result=RESULT)
    row.save(force_insert=True)  # once the first has ended it may be asked anew


def test_who_sees_every_lead_may_ask_and_cancel_and_nobody_else(
    request_: ChangeRequest, cast: SimpleNamespace
) -> None:
    queued = waiting(request_)[0]
    for number, role in enumerate(Role.values):
        person = make_person(f"p{number}", role)
        if role in SEES_ALL_LEADS:
            assert ask_for_request(request_.pk, WINDOW, acting_user=person, now=NOW).is_waiting
            continue
        with pytest.raises(NotAllowed):
            ask_for_request(request_.pk, WINDOW, acting_user=person, now=NOW)
        with pytest.raises(NotAllowed):
            cancel(queued.pk, acting_user=person, now=NOW)
        assert request_.events.filter(kind="refused", actor=person).count() == 1
    gone = make_person("gone", Role.REVOPS, is_active=False)
    with pytest.raises(NotAllowed):
        ask_for_request(request_.pk, WINDOW, acting_user=gone, now=NOW)
    root = make_person("root", is_superuser=True)
    assert cancel(queued.pk, acting_user=root, now=NOW).ended_by_name == "root"


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(date(2026, 6, 30), date(2026, 6, 29)), "ends on 2026-06-29 before it begins"),
        (Window(date(2026, 6, 30), date(2026, 11, 25)), "has not come"),
        (Window(date(2010, 1, 1), date(2026, 1, 1)), "longer than ten years"),
        # Days before it overflow in zones east of Greenwich.
        (Window(date(1, 1, 1), date(1, 1, 2)), "from 1900-01-01 on"),
    ],
)
def test_a_window_that_is_none(
    request_: ChangeRequest, cast: SimpleNamespace, window: Window, said: str
) -> None:
    with pytest.raises(RequestRefused, match=said):
        ask_for_request(request_.pk, window, acting_user=cast.revops, now=NOW)


def test_a_draft_can_be_measured_once_it_says_something(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    draft = opened("glossary", cast.revops)
    with pytest.raises(RequestRefused, match="says exactly what is in force"):
        ask_for_request(draft.pk, WINDOW, acting_user=cast.revops, now=NOW)
    edited(draft, lambda data: stage(data, "mql").update(name="Warm lead"), cast.revops)
    row = ask_for_request(draft.pk, WINDOW, acting_user=cast.revops, now=NOW)
    assert standing(draft, NOW) is None
    computed(row)
    assert standing(draft, NOW) == row
    edited(draft, lambda data: stage(data, "mql").update(kpis=["none"]), cast.revops)
    with pytest.raises(DocumentRefused):
        ask_for_request(draft.pk, WINDOW, acting_user=cast.revops, now=NOW)
    withdraw(draft.pk, "", acting_user=cast.revops, now=NOW)
    with pytest.raises(RequestRefused, match="is withdrawn"):
        ask_for_request(draft.pk, WINDOW, acting_user=cast.revops, now=NOW)


def sides(before: int, after: int) -> tuple[dict[str, int], dict[str, int]]:
    return {"glossary": 1, "scoring": before}, {"glossary": 1, "scoring": after}


def test_versions_against_versions(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    publish_change(playbook, "scoring", threshold(70), now=NOW)
    row = ask_for_versions(*sides(1, 2), WINDOW, acting_user=cast.analytics, now=NOW)
    assert (row.request, row.workstream, row.digest) == (None, "", "")
    assert (row.scoring_before, row.scoring_after, row.glossary_after) == (1, 2, 1)
    assert ask_for_versions(*sides(1, 2), WINDOW, acting_user=cast.cmo, now=NOW) == row
    assert ask_for_versions(*sides(2, 1), WINDOW, acting_user=cast.cmo, now=NOW) != row
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    for wrong, said in ((sides(1, 3), r"no Scoring & ICP v3; the newest is v2"), (sides(2, 2), "the same")):
        with pytest.raises(RequestRefused, match=said):
            ask_for_versions(*wrong, WINDOW, acting_user=cast.revops, now=NOW)
    with pytest.raises(RequestRefused, match="Say which version of Glossary"):
        ask_for_versions({"scoring": 1}, {"scoring": 2}, WINDOW, acting_user=cast.revops, now=NOW)
    with pytest.raises(NotAllowed):
        ask_for_versions(*sides(1, 2), WINDOW, acting_user=cast.sdr, now=NOW)


# --- cancelling


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_cancelling_ends_it_once(request_: ChangeRequest, cast: SimpleNamespace, state: str) -> None:
    row = waiting(request_)[0]
    BackTest.objects.update(state=state, leased_until=NOW)
    done = cancel(row.pk, acting_user=cast.revops, now=NOW)
    assert (done.state, done.ended_by_name, done.finished_at, done.leased_until) == (
        "cancelled",
        "revops",
        NOW,
        None,
    )
    again = cancel(row.pk, acting_user=cast.cmo, now=NOW + timedelta(hours=1))
    assert (again.ended_by_name, again.finished_at) == ("revops", NOW)
    assert not BackTest.objects.due_at(NOW + timedelta(days=1)).exists()


def test_what_is_done_stays_done(request_: ChangeRequest, cast: SimpleNamespace) -> None:
    row = measured(request_)
    with pytest.raises(RequestRefused, match="is done already"):
        cancel(row.pk, acting_user=cast.revops, now=NOW)
    assert BackTest.objects.get().state == JobState.DONE
    with pytest.raises(RequestRefused, match="There is no back-test #0"):
        cancel(0, acting_user=cast.revops, now=NOW)


def test_due_is_what_nobody_holds(request_: ChangeRequest) -> None:
    assert BackTest.objects.due_at(NOW).count() == 1
    BackTest.objects.update(state=JobState.RUNNING, leased_until=NOW + timedelta(minutes=2))
    assert not BackTest.objects.due_at(NOW).exists()
    assert BackTest.objects.due_at(NOW + timedelta(minutes=2)).exists()


# --- which one stands


def test_content_that_changed_is_not_measured(request_: ChangeRequest, cast: SimpleNamespace) -> None:
    row = measured(request_)
    assert standing(request_, NOW) == row
    edited(request_, threshold(75), cast.marketing_ops)
    request_.refresh_from_db()
    assert standing(request_, NOW) is None
    assert [(old.back_test, old.reason) for old in stale(request_, NOW)] == [
        (row, "The content has changed since.")
    ]
    # And back at the old content it stands again: it is the content that counts
    edited(request_, threshold(70), cast.marketing_ops)
    request_.refresh_from_db()
    assert standing(request_, NOW) == row


def test_another_version_of_either_document_makes_it_stale(
    request_: ChangeRequest, cast: SimpleNamespace, playbook: EditionInForce
) -> None:
    row = measured(request_)
    second = publish_change(
        playbook, "glossary", lambda data: stage(data, "mql").update(name="Warm"), now=NOW
    )
    assert standing(request_, NOW) is None
    assert [old.reason for old in stale(request_, NOW)] == [
        "It was measured beside Glossary & data contract v1; v2 is in force now."
    ]
    with pytest.raises(RequestRefused, match="no finished back-test of exactly this content"):
        validate(request_, cast)
    # And a version of its own document makes it another content, or another comparison
    publish_change(second, "scoring", lambda data: data["thresholds"].update(mql=66), now=NOW)
    assert standing(request_, NOW) is None
    BackTest.objects.filter(pk=row.pk).update(glossary_before=2, digest=request_.digest)
    assert len(stale(request_, NOW)) == 1


@pytest.mark.parametrize("signed", [False, True])
def test_when_the_other_document_moves_a_new_one_is_queued_for_whom_finance_still_validates(
    request_: ChangeRequest, cast: SimpleNamespace, signed: bool
) -> None:
    # Given a change of the scoring with a finished back-test, that Finance validated or not
    old = measured(request_)
    if signed:
        validate(request_, cast)
    # When a change of the glossary goes in force
    signers = {"cro": cast.cro, "cmo": cast.cmo, "finance": cast.finance}
    published("glossary", lambda data: stage(data, "mql").update(name="Warm"), cast.revops, signers)
    # Then the old one no longer stands, and the same content is measured anew where somebody has to look at it
    assert [found.back_test for found in stale(request_, NOW)] == [old]
    again = [row for row in waiting(request_) if (row.digest, row.glossary_before) == (request_.digest, 2)]
    assert len(again) == (0 if signed else 1)


def test_a_conflict_with_its_own_document_is_told_as_such(
    request_: ChangeRequest, cast: SimpleNamespace
) -> None:
    # Given a change of the scoring with a finished back-test
    row = measured(request_)
    # When another one of the same threshold goes in force
    signers = {"cmo": cast.cmo, "finance": cast.finance}
    published("scoring", threshold(75), cast.marketing_ops, signers)
    request_.refresh_from_db()
    # Then the reason names the version, and not its author's content
    assert [(old.back_test, old.reason) for old in stale(request_, NOW)] == [
        (row, "It compares with Scoring & ICP v1; the change is made for v2 now.")
    ]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.FAILED, JobState.CANCELLED])
def test_only_a_finished_one_stands(request_: ChangeRequest, cast: SimpleNamespace, state: str) -> None:
    BackTest.objects.update(state=state)
    assert standing(request_, NOW) is None
    with pytest.raises(RequestRefused, match="no finished back-test"):
        validate(request_, cast)
    BackTest.objects.update(state=JobState.DONE, result=RESULT)
    assert validate(request_, cast).back_test is not None


# --- what a validation rests on


def validate(request: ChangeRequest, cast: SimpleNamespace, verdict: str = "given") -> SignOff:
    answer = Answer(slot(request, "finance").pk, verdict, request.digest, "Seen.")
    return sign(answer, acting_user=cast.finance, now=NOW)


def test_a_validation_names_it_in_the_row_the_timeline_and_the_version(
    request_: ChangeRequest, cast: SimpleNamespace
) -> None:
    row = measured(request_)
    assert validate(request_, cast).back_test == row
    assert request_.events.filter(kind="signed", note__contains=f"on back-test #{row.pk}").count() == 1
    approval = answered(request_, "cmo", cast.cmo)
    assert approval.back_test is None
    version = publish_request(request_.pk, acting_user=cast.marketing_ops, now=NOW).version
    assert version is not None
    named = {line["duty"]: line.get("back_test") for line in version.warrant["signoffs"]}
    assert named == {"validate": row.pk, "approve": None}


@pytest.mark.parametrize("verdict", ["changes", "rejected"])
def test_to_refuse_needs_none(request_: ChangeRequest, cast: SimpleNamespace, verdict: str) -> None:
    assert validate(request_, cast, verdict).back_test is None


def test_an_emergency_is_ratified_on_it_whatever_came_since(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = put_in_force_as_emergency("scoring", threshold(70), cast.marketing_ops, [cast.cmo, cast.revops])
    with pytest.raises(RequestRefused, match="no finished back-test"):
        validate(request, cast)
    # Given a back-test that was cancelled, a new one can be had though the change is in force
    cancel(waiting(request)[0].pk, acting_user=cast.revops, now=NOW)
    row = computed(ask_for_request(request.pk, WINDOW, acting_user=cast.finance, now=NOW))
    # And a later glossary does not spoil it
    publish_change(edition_at(NOW), "glossary", lambda data: stage(data, "mql").update(name="Warm"), now=NOW)
    assert validate(request, cast).back_test == row


# --- the headline


def test_the_headline_reads_what_is_there() -> None:
    found = headline(RESULT)
    assert found is not None
    [mql] = found.stages
    assert (found.leads, mql.name, mql.before, mql.after, mql.gained, mql.lost) == (
        400, "Marketing Qualified Lead", 100, 130, 40, 10,
    )  # fmt: skip
    assert (mql.precision_before.percent, mql.precision_before.low) == ("12.00", "7.0")
    assert (mql.precision_after.percent, mql.precision_after.why_not) == ("", "fewer than 20 leads")


@pytest.mark.parametrize("result", [None, [], "x", {}, {"stages": "x"}, {"stages": [1, {"before": 3}]}])
def test_the_headline_of_something_else(result: object) -> None:
    found = headline(result)
    assert found is None or found.leads == 0
    assert found is None or all(moved.before == 0 for moved in found.stages)
