"""The pages of back-tests: everyone reads the numbers, everyone opens only the leads that they may see."""

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from glossary.choices import JobState
from glossary.models import BackTest
from glossary.services.measuring import default_window
from glossary.types import EditionInForce
from reporting.models import BackTestLead
from reporting.services.back_testing import compute
from tests.glossary.governing import submitted
from tests.reporting.back_test.scene import NOW, asked, computed, crowd, entry, keen, lower_bar
from tests.reporting.browsing import signed_in, text
from tests.support import NOW as TODAY

pytestmark = pytest.mark.django_db
EVERYONE = ("sdr", "ae", "manager", "revops", "cro", "finance", "enablement")
WEBINARS = ("webinar", "webinar")  # 40 points: enough under the proposed bar only


@pytest.fixture
def gained(playbook: EditionInForce, cast: SimpleNamespace) -> BackTest:
    """Two leads of one rep and one of another gained; one of them was lost in the end."""
    lower_bar(playbook)
    leads = [keen(playbook, *WEBINARS, owner=owner) for owner in (cast.sdr, cast.sdr, cast.sdr_b)]
    entry(leads[0], "lost", 5, playbook).save()
    return computed(asked(user=cast.revops))


@pytest.mark.parametrize("name", EVERYONE)
def test_everyone_reads_the_numbers(name: str, gained: BackTest, cast: SimpleNamespace) -> None:
    client = signed_in(getattr(cast, name))

    listed = text(client, "/reports/back-tests/")
    page = text(client, f"/reports/back-tests/{gained.pk}/")

    assert f'href="/reports/back-tests/{gained.pk}/"' in listed
    assert "Glossary v1, Scoring v2" in listed
    assert "Marketing Qualified Lead: 3 gained, 0 lost" in listed
    assert "0 leads would have been MQL under the definition in force, 3 under the proposed one" in page
    assert "First touch to SAL" in page
    assert "Each lead is replayed with the facts of its own time" in page
    assert 'href="/reports/back-tests/"' in text(client, "/reports/")


def test_nobody_reads_them_without_signing_in(gained: BackTest) -> None:
    one = f"/reports/back-tests/{gained.pk}/"
    for path in ("/reports/back-tests/", one, f"{one}leads/?stage=mql&kind=gained", f"{one}leads.csv"):
        assert Client().get(path).status_code == 302


@pytest.mark.parametrize(
    ("name", "shown"), [("sdr", 2), ("sdr_b", 1), ("manager", 2), ("revops", 3), ("enablement", 0)]
)
def test_a_number_opens_to_the_leads_that_the_reader_sees(
    name: str, shown: int, gained: BackTest, cast: SimpleNamespace
) -> None:
    client = signed_in(getattr(cast, name))
    address = f"/reports/back-tests/{gained.pk}/leads"

    page = text(client, f"{address}/?stage=mql&kind=gained")
    download = client.get(f"{address}.csv?stage=mql&kind=gained")
    lines = list(csv.DictReader(io.StringIO(download.getvalue().decode())))

    assert page.count('<th scope="row" data-label="Lead">') == shown
    assert "3 leads gained" in page
    said = f"{shown} of 3 shown: the rest is not visible to you"
    assert (said in page) == (shown < 3)
    assert len(lines) == shown
    assert all((line["stage"], line["moved"]) == ("mql", "gained") for line in lines)


def test_what_became_of_them_opens_too(gained: BackTest, cast: SimpleNamespace) -> None:
    client = signed_in(cast.revops)
    address = f"/reports/back-tests/{gained.pk}/leads/?stage=mql&kind=gained"

    ended = text(client, f"{address}&became=lost")
    nothing = text(client, f"{address}&became=")

    assert "1 lead gained; what became of them: Lost." in ended
    assert "2 leads gained; what became of them: nothing beyond." in nothing
    assert nothing.count('data-label="Company"') == 2


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?stage=mql",
        "?stage=mql&kind=neither",
        "?stage=sal&kind=lost",
        "?stage=mql&kind=gained&became=won",
    ],
)
def test_a_number_that_is_not_there_is_a_404(query: str, gained: BackTest, cast: SimpleNamespace) -> None:
    text(signed_in(cast.revops), f"/reports/back-tests/{gained.pk}/leads/{query}", status=404)


def test_a_spreadsheet_computes_nothing_of_what_leads_sent(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lower_bar(playbook)
    keen(playbook, *WEBINARS, company='=HYPERLINK("http://evil")', source="@SUM(A1)", owner=cast.sdr)
    row = computed(asked())

    download = signed_in(cast.revops).get(f"/reports/back-tests/{row.pk}/leads.csv")

    (line,) = csv.DictReader(io.StringIO(download.getvalue().decode()))
    assert line["company"].startswith("'=")
    assert line["source"].startswith("'@")


def test_one_that_waits_runs_or_ended_without_a_result(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lower_bar(playbook)
    row = asked()
    path = f"/reports/back-tests/{row.pk}/"
    page, cancel = text(signed_in(cast.revops), path), f'action="/back-tests/{row.pk}/cancel/"'
    assert "The back-test waits for a worker" in page
    assert "data-look-again" in page
    assert cancel in page
    assert cancel not in text(signed_in(cast.sdr), path), "who sees not every lead cancels nothing"

    BackTest.objects.update(state=JobState.RUNNING, progress=42)
    assert 'value="42"' in text(signed_in(cast.sdr), path)

    BackTest.objects.update(state=JobState.QUEUED, error="RuntimeError: no memory")
    assert "The last try failed and is repeated soon" in text(signed_in(cast.sdr), path)

    BackTest.objects.update(state=JobState.FAILED)
    page = text(signed_in(cast.sdr), path)
    assert "The back-test failed: RuntimeError: no memory" in page
    assert "data-look-again" not in page

    signed_in(cast.revops).post(f"/back-tests/{row.pk}/cancel/")
    BackTest.objects.update(state=JobState.CANCELLED, ended_by_name="Rita", finished_at=NOW)
    page = text(signed_in(cast.revops), path)
    assert "by Rita. Nothing of it was kept" in page
    assert 'href="/back-tests/new/"' in page
    text(signed_in(cast.revops), f"{path}leads.csv", status=404)


def test_cancelling_leads_back_to_the_page(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lower_bar(playbook)
    row = asked()

    answer = signed_in(cast.revops).post(f"/back-tests/{row.pk}/cancel/", follow=True)

    assert answer.redirect_chain[-1][0] == f"/reports/back-tests/{row.pk}/"
    assert "Cancelled" in answer.content.decode()


def test_without_any_the_list_says_where_they_come_from(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    assert "No back-test was asked for yet" in text(signed_in(cast.sdr), "/reports/back-tests/")


def test_the_change_that_is_measured_is_named(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    # Given a change under review: its back-test was asked for by itself
    request = submitted("scoring", lambda data: data["thresholds"].update(mql=50), cast.marketing_ops)
    row = request.back_tests.get()
    assert (row.since, row.until) == default_window(TODAY)
    assert compute(row.pk, now=TODAY)

    page = text(signed_in(cast.finance), f"/reports/back-tests/{row.pk}/")

    assert f"Glossary v1, Scoring v1 → Change request #{request.pk} (scoring), Glossary v1" in page
    assert f'href="/changes/{request.pk}/"' in page
    assert row.digest[:12] in page


def test_a_change_of_words_moves_nobody(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    def reword(data: dict[str, list[dict[str, str]]]) -> None:
        data["stages"][2]["definition"] = "Worth the time of Sales."

    row = submitted("glossary", reword, cast.revops).back_tests.get()
    assert compute(row.pk, now=TODAY)

    page = text(signed_in(cast.cmo), f"/reports/back-tests/{row.pk}/")

    assert "The gate of no funnel stage comes out otherwise" in page
    assert "No gate comes out otherwise" in text(signed_in(cast.cmo), "/reports/back-tests/")


def test_what_is_not_replayed_is_not_said_to_move_nobody(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    # Given a change that has a rep confirm one more thing before a stage is entered
    def confirm(data: dict[str, Any]) -> None:
        data["stages"][2]["entry"]["confirm"] = [{"key": "spoke", "label": "We spoke", "needs": "note"}]

    request = submitted("glossary", confirm, cast.revops)
    row = request.back_tests.get()
    assert compute(row.pk, now=TODAY)

    # Then neither page says that nobody would be held back
    for path in (f"/reports/back-tests/{row.pk}/", f"/changes/{request.pk}/"):
        page = text(signed_in(cast.finance), path)
        assert "What reps confirm, the moves between stages, and stages beside the funnel are not" in page
        assert "It moves no lead" not in page
        assert "no lead would have moved" not in page


def test_pages_ask_the_same_number_of_queries_for_one_and_for_many(
    playbook: EditionInForce, cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    lower_bar(playbook)
    crowd(200, playbook)
    row = computed(asked())
    assert BackTestLead.objects.filter(back_test=row, kind="gained").count() > 5
    client = signed_in(cast.revops)

    with django_assert_max_num_queries(16):
        client.get(f"/reports/back-tests/{row.pk}/leads/?stage=mql&kind=gained")
    with django_assert_max_num_queries(14):
        client.get(f"/reports/back-tests/{row.pk}/")
