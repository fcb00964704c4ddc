"""The report pages: everyone reads the numbers, everyone opens only the leads that they may see."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from glossary.types import EditionInForce
from reporting.choices import ReportKind, RunState
from reporting.engine.parameters import SlaParameters
from reporting.models import ReportRun
from reporting.services.runs import compute, request_run
from tests.reporting.browsing import signed_in, text
from tests.reporting.log import cohort, computed, new_lead, on_day, question, start_clock

pytestmark = pytest.mark.django_db
NOW = on_day(100)
EVERYONE = ("sdr", "ae", "manager", "revops", "cro", "finance", "enablement")


def sla_run() -> ReportRun:
    run = request_run(ReportKind.SLA, SlaParameters(), acting_user=None, now=NOW)
    compute(run.pk, now=NOW)
    return run


@pytest.mark.parametrize("name", EVERYONE)
def test_everyone_reads_the_reports(name: str, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    leads = cohort(playbook, owner=cast.sdr)
    start_clock(leads[0], playbook)
    run, clocks = computed(question(by="month"), NOW), sla_run()
    client = signed_in(getattr(cast, name))

    for path in ("/reports/", "/reports/conversion/", "/reports/sla/", f"/reports/sla/{clocks.pk}/"):
        text(client, path)
    page = text(client, f"/reports/conversion/{run.pk}/")
    assert "40.00 %" in page
    assert "glossary version 1" in page
    assert "12 of 30 mature leads" in page


def test_nobody_reads_them_without_signing_in(playbook: EditionInForce) -> None:
    run = computed(question(), NOW)
    paths = ("", "conversion/", "sla/", f"conversion/{run.pk}/", f"runs/{run.pk}.csv")

    for path in paths:
        assert Client().get(f"/reports/{path}").status_code == 302


def test_the_overview_shows_each_kpi_and_its_target(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cohort(playbook)
    client = signed_in(cast.cro)
    assert "No report was computed yet" in text(client, "/reports/")

    assert client.post("/reports/compute/").status_code == 302
    assert client.post("/reports/compute/").status_code == 302
    assert "being computed" in text(client, "/reports/")
    assert ReportRun.objects.count() == 11
    for run in ReportRun.objects.all():
        compute(run.pk, now=timezone.now())

    page = text(client, "/reports/")
    assert "MQL → SQL" in page
    assert "12 of 30 mature" in page
    assert "reaches the target" in page


def test_a_question_is_asked_by_post_and_answered_on_its_page(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    cohort(playbook, source="email")
    client = signed_in(cast.cro)
    asked = {"from": "mql", "to": "sql", "by": "source", "window": "30"}
    assert "was not computed yet" in text(client, "/reports/conversion/?from=mql&to=sql&by=source&window=30")
    assert ReportRun.objects.count() == 0

    for _ in range(2):
        answer = client.post("/reports/conversion/compute/", asked)
    run = ReportRun.objects.get()
    assert "being computed" in text(client, answer["Location"])
    compute(run.pk, now=timezone.now())

    page = text(client, answer["Location"])
    assert "40.00 %" in page
    assert f"/reports/conversion/{run.pk}/leads/?cell=converted&amp;row=email" in page
    assert run.requested_by == cast.cro


def test_a_wrong_question_says_what_is_wrong(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    page = text(signed_in(cast.cro), "/reports/conversion/?from=mqx&to=won&as_of=2018-05-31T23:59:59")

    assert "Give one of the stages" in page or "Give one of: inquiry" in page
    assert "add Z for UTC" in page


def test_a_failed_run_says_why(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    run = request_run(ReportKind.CONVERSION, question(), acting_user=None, now=NOW)
    ReportRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error="RuntimeError: no memory")

    assert "RuntimeError: no memory" in text(signed_in(cast.cro), f"/reports/conversion/{run.pk}/")


@pytest.mark.parametrize(
    ("name", "said", "labels"),
    [
        ("sdr", "12 leads converted within the window, 9 of them visible to you", 9),
        ("sdr_b", "12 leads converted within the window, 3 of them visible to you", 3),
        ("manager", "9 of them visible to you", 9),
        ("revops", "12 leads converted within the window .", 12),
        ("enablement", "0 of them visible to you", 0),
    ],
)
def test_a_number_opens_to_the_leads_one_may_see(
    playbook: EditionInForce, cast: SimpleNamespace, name: str, said: str, labels: int
) -> None:
    for number, lead in enumerate(cohort(playbook)):
        lead.owner = cast.sdr if number < 9 else cast.sdr_b
        lead.company = f"Company {number:03d}"
        lead.save()
    run = computed(question(by="month"), NOW)

    page = text(
        signed_in(getattr(cast, name)), f"/reports/conversion/{run.pk}/leads/?cell=converted&row=2026-01"
    )

    assert said.replace(" .", ".") in page
    assert page.count('data-label="Company"') == labels


def test_every_count_of_a_row_opens_to_as_many_leads(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cohort(playbook)
    run = computed(question(by="month", window_days=3, as_of=on_day(3)), NOW)
    client = signed_in(cast.revops)
    assert run.result is not None
    total = run.result["total"]

    for cell in ("entered", "mature", "immature", "converted", "advanced", "still_open"):
        page = text(client, f"/reports/conversion/{run.pk}/leads/?cell={cell}")
        assert page.count('data-label="Lead"') == total[cell]
        assert "has changed since" not in page


def test_what_is_not_there_is_a_404(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cohort(playbook)
    run, client = computed(question(by="month"), NOW), signed_in(cast.revops)

    for path in (
        f"conversion/{run.pk}/leads/?cell=nonsense",
        f"conversion/{run.pk}/leads/?cell=entered&row=1999-01",
        f"sla/{run.pk}/",
        "conversion/999/",
        "runs/999.csv",
    ):
        text(client, f"/reports/{path}", 404)


def test_clocks_behind_an_sla_number(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    for owner in (cast.sdr, cast.sdr, cast.sdr_b):
        start_clock(new_lead(owner=owner), playbook)
    run = sla_run()
    path = f"/reports/sla/{run.pk}/leads/?cell=overdue&row=first_touch"

    assert "3 clocks open and overdue, 2 of them visible to you" in text(signed_in(cast.sdr), path)
    assert text(signed_in(cast.revops), path).count('data-label="Promise"') == 3


def test_a_download_is_the_table(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cohort(playbook)
    run = computed(question(), NOW)

    response = signed_in(cast.sdr).get(f"/reports/runs/{run.pk}.csv")

    assert response["Content-Type"].startswith("text/csv")
    assert response.content.decode().splitlines()[1].startswith("total,30,30,0,12,40.00")


def test_pages_ask_the_database_a_bounded_number_of_questions(
    playbook: EditionInForce, cast: SimpleNamespace, django_assert_max_num_queries: object
) -> None:
    for number in range(40):
        cohort(playbook, size=1, source=f"source {number}", owner=cast.sdr)
    run, client = computed(question(by="source"), NOW), signed_in(cast.sdr)
    assert callable(django_assert_max_num_queries)

    for path in (
        "/reports/",
        f"/reports/conversion/{run.pk}/",
        f"/reports/conversion/{run.pk}/leads/?cell=entered",
    ):
        with django_assert_max_num_queries(20):
            client.get(path)


def test_without_policies_the_page_says_so(cast: SimpleNamespace) -> None:
    assert "publish_playbook" in text(signed_in(cast.cro), "/reports/", 503)
