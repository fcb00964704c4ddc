"""The back-test on the page of a change: what is missing and the way out, what was found, and asking for more."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from glossary.choices import JobState
from glossary.models import BackTest, ChangeRequest
from glossary.queries.proposals import proposal_of
from glossary.services.measuring import Window, ask_for_request
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, threshold
from tests.glossary.governing import answered, computed, edited, measured, opened, slot, submitted
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import answer_of, form_of, page, signed_in

pytestmark = pytest.mark.django_db
MISSING = "There is no finished back-test of exactly this content."
DAYS = {"since": "2026-01-01", "until": "2026-03-31"}
BUTTON = 'value="given" disabled>Validate with this finding'


@pytest.fixture
def change(playbook: EditionInForce, cast: SimpleNamespace) -> ChangeRequest:
    return made.in_review(cast)


def path(change: ChangeRequest, act: str = "") -> str:
    return f"/changes/{change.pk}/{act}"


def finding_of(change: ChangeRequest, cast: SimpleNamespace) -> dict[str, str]:
    """What Finance's page sends with a finding: the digest and the back-test that are on it."""
    shown = form_of(page(signed_in(cast.finance), path(change)), path(change, "sign/"))
    return shown | {"verdict": "given", "note": "Ten more a week."}


def test_finance_sees_what_is_missing_and_the_way_out(change: ChangeRequest, cast: SimpleNamespace) -> None:
    text = page(signed_in(cast.finance), path(change))

    assert f"{MISSING}</span> Finance cannot validate without one." in text
    assert "You can validate once there is a finished" in text
    assert BUTTON in text
    # One is on its way already, and another window can be asked for.
    assert "waits for its turn" in text
    assert f'action="{path(change, "back-test/")}"' in text
    # To send it back needs none.
    assert 'value="changes">Ask for changes' in text


def test_progress_failure_and_cancelling_are_told(change: ChangeRequest, cast: SimpleNamespace) -> None:
    finance = signed_in(cast.finance)
    BackTest.objects.update(state=JobState.RUNNING, progress=40)
    assert "runs: 40 %." in page(finance, path(change))
    BackTest.objects.update(state=JobState.FAILED, error="The disk is full.")
    text = page(finance, path(change))
    assert "failed: The disk is full. Run it again." in text
    assert '<details class="r-other" open> <summary>Run it</summary>' in text
    row = BackTest.objects.get()
    BackTest.objects.update(state=JobState.QUEUED)
    answer = finance.post(reverse("back_test_cancel", args=[row.pk]))
    assert answer.status_code == 302
    assert "was cancelled by finance" in page(finance, path(change))
    # A second click changes nothing.
    assert finance.post(reverse("back_test_cancel", args=[row.pk])).status_code == 302
    assert BackTest.objects.get().state == JobState.CANCELLED


def test_what_was_found_is_on_the_page_and_in_the_sign_off(
    change: ChangeRequest, cast: SimpleNamespace
) -> None:
    row = measured(change, now=timezone.now())
    text = page(signed_in(cast.finance), path(change))

    assert "Marketing Qualified Lead: 100 → 130 leads</span>, 40 gained, 10 lost." in text
    assert "Won of them: 12.00 % [7.0–19.8] → no rate (fewer than 20 leads)." in text
    assert f'Your finding rests on <a href="#back-test">back-test #{row.pk}</a>' in text
    assert MISSING not in text
    assert BUTTON not in text

    sent = finding_of(change, cast)
    assert signed_in(cast.finance).post(path(change, "sign/"), sent).status_code == 302
    assert f", on back-test #{row.pk}</p>" in page(signed_in(cast.sdr), path(change))


def test_a_finding_without_one_is_refused_and_kept(change: ChangeRequest, cast: SimpleNamespace) -> None:
    sent = answer_of(slot(change, "finance"), change.digest, note="Ten more a week.")
    answer = signed_in(cast.finance).post(path(change, "sign/"), sent)

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Start one on this page, read it, then validate." in text
    assert "Ten more a week." in text
    assert slot(change, "finance").verdict == ""


def test_a_finding_rests_on_the_one_that_was_read(change: ChangeRequest, cast: SimpleNamespace) -> None:
    # Given Finance reads the year, and the author has a single day measured meanwhile
    year = measured(change, now=timezone.now())
    sent = finding_of(change, cast)
    day = ask_for_request(
        change.pk, Window(year.until, year.until), acting_user=cast.revops, now=timezone.now()
    )
    computed(day, now=timezone.now())

    # When Finance sends the finding, Then it names the one that was on the page
    assert signed_in(cast.finance).post(path(change, "sign/"), sent).status_code == 302
    assert slot(change, "finance").back_test == year


def test_a_better_finding_takes_the_place_of_the_first(change: ChangeRequest, cast: SimpleNamespace) -> None:
    # Given Finance has validated, and reads a back-test of another window afterwards
    finance = signed_in(cast.finance)
    year = measured(change, now=timezone.now())
    assert finance.post(path(change, "sign/"), finding_of(change, cast)).status_code == 302
    day = Window(year.until, year.until)
    row = computed(ask_for_request(change.pk, day, acting_user=None, now=timezone.now()), now=timezone.now())

    # When another finding is sent, twice
    again = finding_of(change, cast) | {"note": "Twenty more on that day."}
    assert [finance.post(path(change, "sign/"), again).status_code for _ in range(2)] == [302, 302]

    # Then it is the one that is kept, once
    given = slot(change, "finance")
    assert (given.note, given.back_test) == ("Twenty more on that day.", row)
    assert change.events.filter(kind="signed").count() == 2


def test_a_finding_never_rests_on_one_that_nobody_showed(
    change: ChangeRequest, cast: SimpleNamespace
) -> None:
    # Given a page without a finished one; then one comes in
    sent = finding_of(change, cast)
    row = measured(change, now=timezone.now())
    answer = signed_in(cast.finance).post(path(change, "sign/"), sent)

    # Then it is shown first, and what was typed stays
    assert answer.status_code == 409
    assert "Read it, then validate." in answer.content.decode()
    assert "Ten more a week." in answer.content.decode()
    assert slot(change, "finance").verdict == ""
    assert signed_in(cast.finance).post(path(change, "sign/"), finding_of(change, cast)).status_code == 302
    assert slot(change, "finance").back_test == row


def test_one_that_measures_what_was_edited_since_helps_nobody(
    change: ChangeRequest, cast: SimpleNamespace
) -> None:
    edited(change, made.rename("mql", "Hot lead"), cast.revops, now=timezone.now())
    client = signed_in(cast.revops)
    text = page(client, path(change))
    assert "for something else than what stands here now" in text
    assert "waits for its turn" not in text
    assert client.post(path(change, "back-test/"), DAYS).status_code == 302
    assert "for something else" not in page(client, path(change))
    assert [row.state for row in BackTest.objects.order_by("pk")] == ["cancelled", "queued"]


def test_a_changed_content_makes_it_stale(change: ChangeRequest, cast: SimpleNamespace) -> None:
    row = measured(change, now=timezone.now())
    edited(change, made.rename("mql", "Hot lead"), cast.revops, now=timezone.now())
    text = page(signed_in(cast.revops), path(change))

    assert MISSING in text
    assert f"Back-test #{row.pk}" in text
    assert "The content has changed since." in text


def test_a_merge_asks_for_another_one(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    # Given a measured change of one stage, and another stage is renamed meanwhile
    request = made.in_review(cast, "Sales lead", "sql")
    measured(request, now=timezone.now())
    made.in_force(cast, "Hot lead")
    # Then what is on the page is not what was measured
    finance = signed_in(cast.finance)
    assert MISSING in page(finance, path(request))
    shown = proposal_of(ChangeRequest.objects.get(pk=request.pk), timezone.now()).digest
    sent = answer_of(slot(request, "finance"), shown, note="Fine.")
    assert finance.post(path(request, "sign/"), sent).status_code == 409
    # And the merged content can be measured before anybody signs it
    measured(request, now=timezone.now())
    assert MISSING not in page(finance, path(request))
    # What was typed before it came in does not rest on it
    assert finance.post(path(request, "sign/"), sent).status_code == 409
    assert finance.post(path(request, "sign/"), finding_of(request, cast)).status_code == 302
    assert slot(request, "finance").verdict == "given"


def test_a_second_click_makes_no_second_job(change: ChangeRequest, cast: SimpleNamespace) -> None:
    finance = signed_in(cast.finance)
    answers = [finance.post(path(change, "back-test/"), DAYS) for _ in range(2)]
    row = BackTest.objects.get(requested_by=cast.finance)
    assert {a.status_code for a in answers} == {302}
    assert {a.headers["Location"] for a in answers} == {reverse("back_test", args=[row.pk])}
    assert (str(row.since), str(row.until)) == tuple(DAYS.values())


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"since": "2026-03-31", "until": "2026-01-01"}, "before it begins"),
        ({"since": "2026-01-01", "until": "2099-01-01"}, "has not come"),
        ({"since": "yesterday", "until": "2026-01-01"}, "Enter a valid date"),
        ({}, "This field is required"),
    ],
)
def test_a_window_that_is_none_is_refused_where_it_was_typed(
    change: ChangeRequest, cast: SimpleNamespace, sent: dict[str, str], said: str
) -> None:
    answer = signed_in(cast.finance).post(path(change, "back-test/"), sent)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert said in text
    assert all(f'value="{value}"' in text for value in sent.values())
    assert BackTest.objects.count() == 1


@pytest.mark.parametrize("who", ["sdr", "ae", "manager", "enablement"])
def test_who_does_not_see_every_lead_reads_only(
    change: ChangeRequest, cast: SimpleNamespace, who: str
) -> None:
    client, row = signed_in(getattr(cast, who)), BackTest.objects.get()
    text = page(client, path(change))
    assert MISSING in text
    assert path(change, "back-test/") not in text
    assert reverse("back_test_cancel", args=[row.pk]) not in text
    assert client.post(path(change, "back-test/"), DAYS).status_code == 403
    assert client.post(reverse("back_test_cancel", args=[row.pk])).status_code == 403
    assert client.get(reverse("back_test_new")).status_code == 403
    assert client.post(reverse("back_test_new"), DAYS).status_code == 403
    assert BackTest.objects.get().state == JobState.QUEUED


def test_a_draft_that_says_nothing_or_is_broken_cannot_be_measured(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    empty, broken = opened("glossary", cast.revops, now=timezone.now()), made.with_findings(cast)
    client = signed_in(cast.revops)
    for request, words, status in ((empty, "nothing to measure yet", 409), (broken, "settled", 400)):
        text = page(client, path(request))
        assert words in text
        assert path(request, "back-test/") not in text
        assert client.post(path(request, "back-test/"), DAYS).status_code == status
    assert not BackTest.objects.exists()


def test_other_workstreams_and_closed_changes_have_no_card(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    routing = opened("routing", cast.sales_ops, now=timezone.now())
    client = signed_in(cast.revops)
    assert 'id="back-test"' not in page(client, path(routing))
    assert client.post(path(routing, "back-test/"), DAYS).status_code == 409
    done = made.in_force(cast)
    text = page(client, path(done))
    assert "of exactly this content" in text
    assert path(done, "back-test/") not in text
    assert client.post(path(done, "back-test/"), DAYS).status_code == 409


def test_the_change_log_names_it(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    made.in_force(cast)
    row = BackTest.objects.get()
    text = page(signed_in(cast.sdr), "/changelog/glossary/2/")
    link = f'<a href="/reports/back-tests/{row.pk}/">back-test #{row.pk}</a>'
    assert f"finance validated as Finance, on {link}" in text


def test_versions_are_compared(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    client = signed_in(cast.analytics)
    assert client.get(reverse("back_test_new")).status_code == 200
    publish_change(playbook, "scoring", threshold(70), now=timezone.now() - timedelta(minutes=1))
    # What one compares first is what the latest change did.
    text = page(client, reverse("back_test_new"))
    assert '<option value="1" selected>v1' in text
    assert '<option value="2" selected>v2' in text
    sent = {"glossary_before": 1, "scoring_before": 1, "glossary_after": 1, "scoring_after": 2, **DAYS}
    answers = [client.post(reverse("back_test_new"), sent) for _ in range(2)]
    row = BackTest.objects.get()
    assert {a.headers["Location"] for a in answers} == {reverse("back_test", args=[row.pk])}
    same = client.post(reverse("back_test_new"), sent | {"scoring_before": 2})
    assert same.status_code == 400
    assert "Both sides are the same" in same.content.decode()
    assert client.post(reverse("back_test_new"), sent | {"scoring_after": 9}).status_code == 400
    assert client.post(reverse("back_test_new"), sent | {"until": "2099-01-01"}).status_code == 400
    assert BackTest.objects.count() == 1


def test_what_is_there_can_be_cancelled_only_there(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    client = signed_in(cast.revops)
    assert client.post(reverse("back_test_cancel", args=[1])).status_code == 404
    request = submitted("scoring", threshold(70), cast.marketing_ops, now=timezone.now())
    row = measured(request, now=timezone.now())
    answer = client.post(reverse("back_test_cancel", args=[row.pk]))
    assert answer.headers["Location"] == reverse("back_test", args=[row.pk])
    assert "is done already" in client.get(path(request)).content.decode()
    answered(request, "finance", cast.finance, now=timezone.now())
    assert slot(request, "finance").back_test == row
