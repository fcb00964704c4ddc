"""The pages of the win/loss check: ask, read, open the leads behind a number, download, at the terminal."""

import csv
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from glossary.types import EditionInForce
from reporting.choices import ReportKind
from reporting.models import ReportRun
from reporting.services.runs import compute
from tests.reporting.browsing import signed_in, text
from tests.reporting.win_loss.decided import checked, decided, line, result_of

pytestmark = pytest.mark.django_db
PAGE = "/reports/win-loss/"
DEMO = "Demo request in the last 30 days"
PERIOD = {"since": "2026-01", "until": "2026-03"}


@pytest.fixture
def leads(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """The worked case, half of it the SDR's."""
    decided(playbook, 48, 72, "demo_request", owner=cast.sdr, company="North Ltd", source="event")
    decided(playbook, 40, 170, owner=cast.sdr_b, company="South Ltd", source="email")


@pytest.mark.parametrize("name", ["sdr", "manager", "revops", "cmo", "finance"])
def test_everyone_reads_it(leads: None, cast: SimpleNamespace, name: str) -> None:
    run, client = checked(), signed_in(getattr(cast, name))

    page = text(client, f"{PAGE}{run.pk}/")

    assert "330 leads were decided" in page
    assert "2.10 times as often [1.47–2.99]" in page
    assert "risk ratio" not in page
    assert "Katz" in page
    assert "counted with edition 1" in page
    assert page.index("330 leads were decided") < page.index("<table")


def test_it_is_asked_by_post_and_answered_on_its_page(leads: None, cast: SimpleNamespace) -> None:
    client = signed_in(cast.revops)
    assert "was not computed yet" in text(client, PAGE)
    for _ in range(2):
        answer = client.post(f"{PAGE}compute/", {**PERIOD, "field": "source"})
    run = ReportRun.objects.get(kind=ReportKind.WIN_LOSS)
    assert "being computed" in text(client, answer["Location"])
    compute(run.pk, now=timezone.now())

    page = text(client, answer["Location"])

    assert answer["Location"].startswith(PAGE)
    assert "Source is event" in page
    assert f"{PAGE}{run.pk}/" in page
    assert run.requested_by == cast.revops


def test_the_overview_leads_to_it(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    assert f'href="{PAGE}"' in text(signed_in(cast.cro), "/reports/")


@pytest.mark.parametrize("key", ["amount", "declared_monthly_revenue"])
def test_a_field_known_too_late_is_not_offered_and_refused(
    playbook: EditionInForce, cast: SimpleNamespace, key: str
) -> None:
    client = signed_in(cast.revops)

    page = text(client, f"{PAGE}?field={key}")
    client.post(f"{PAGE}compute/", {"field": key})

    assert f'value="{key}"' not in text(client, PAGE)
    assert "only known after the outcome" in page
    assert f"{key}&#x27; cannot be counted" in page
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("revops", "48 leads were won and met it.", 48),
        ("sdr", "48 leads were won and met it.", 48),
        ("manager_b", "48 leads were won and met it, 0 of them visible to you", 0),
    ],
)
def test_a_number_opens_to_the_leads_one_may_see(
    leads: None, cast: SimpleNamespace, name: str, said: str, shown: int
) -> None:
    run = checked()
    key = line(run, DEMO)["key"]

    page = text(signed_in(getattr(cast, name)), f"{PAGE}{run.pk}/leads/?row={key}&cell=won_met")

    assert said in page
    assert page.count('data-label="Company"') == shown
    assert ("North Ltd" in page) is bool(shown)
    assert "South Ltd" not in page


def test_every_count_opens_to_as_many_leads(leads: None, cast: SimpleNamespace) -> None:
    run, client = checked(field="source"), signed_in(cast.revops)
    wanted = [DEMO, "Company is known", "Consent is granted", "Source is event", "ICP grade is A or B"]
    rows = [line(run, words) for words in wanted]

    for row in rows:
        for cell in ("won_met", "won_not_met", "won_unknown", "lost_met", "lost_not_met", "lost_unknown"):
            opened = behind(client, run, {"row": row["key"], "cell": cell})
            assert opened == row[cell], (row["label"], cell)
    for cell in ("won", "lost"):
        assert behind(client, run, {"cell": cell}) == result_of(run)["total"][cell]


def behind(client: Client, run: ReportRun, query: dict[str, str]) -> int:
    """How many leads are listed behind a number."""
    response = client.get(f"{PAGE}{run.pk}/leads/", query)
    assert response.status_code == 200
    assert b"has changed since" not in response.content
    return int(response.context["page"].paginator.count)


@pytest.mark.parametrize(
    "query", ["", "?cell=won_met", "?row=nothing&cell=won_met", "?row={key}&cell=won", "?row={key}&cell=met"]
)
def test_what_is_not_there_is_a_404(leads: None, cast: SimpleNamespace, query: str) -> None:
    run = checked()

    text(
        signed_in(cast.revops),
        f"{PAGE}{run.pk}/leads/" + query.format(key=line(run, DEMO)["key"]),
        404,
    )


def test_pages_ask_the_database_a_bounded_number_of_questions(
    leads: None, cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    run, client = checked(), signed_in(cast.sdr)
    key = line(run, DEMO)["key"]

    for path in (PAGE, f"{PAGE}{run.pk}/", f"{PAGE}{run.pk}/leads/?row={key}&cell=won_met"):
        with django_assert_max_num_queries(25):
            client.get(path)


def test_a_download_is_the_table(leads: None, cast: SimpleNamespace) -> None:
    run = checked()

    response = signed_in(cast.sdr).get(f"/reports/runs/{run.pk}.csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    row = next(row for row in rows if row["criterion_words"] == DEMO)
    assert (row["won_met"], row["lost_not_met"], row["finding"]) == ("48", "170", "won more often")
    assert float(row["ratio"]) == pytest.approx(2.1)
    assert len(rows) == len(result_of(run)["rows"])


def test_a_spreadsheet_computes_nothing_of_what_leads_sent(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    decided(playbook, 30, 30, source='=HYPERLINK("http://evil")')
    run = checked(field="source")

    page = signed_in(cast.sdr).get(f"{PAGE}{run.pk}/")
    rows = list(
        csv.reader(io.StringIO(signed_in(cast.sdr).get(f"/reports/runs/{run.pk}.csv").content.decode()))
    )

    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert b'"http://evil"' not in page.content


def report(*words: str) -> str:
    out = io.StringIO()
    call_command("report", "win-loss", *words, stdout=out)
    return out.getvalue()


def test_the_terminal_says_the_same(leads: None) -> None:
    words = (
        "--since",
        "2026-01",
        "--until",
        "2026-03",
        "--as-of",
        "2026-06-01T00:00:00Z",
        "--field",
        "source",
    )

    table, data = report(*words), json.loads(report(*words, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(report(*words, "--format", "csv"))))

    assert f"- {DEMO}: Leads with this were won 2.10 times as often [1.47–2.99]" in table
    assert "Source. The 10 most frequent values" in table
    assert data["total"]["won"] == 88
    assert len(rows) == len(data["rows"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--field", "amount"), "field: 'amount' cannot be counted. It is only known after the outcome"),
        (("--field", "email"), "personal data"),
        (("--field", "shoe"), "not in the data contract"),
        (("--since", "2026-05", "--until", "2026-01"), "until"),
    ],
)
def test_a_wrong_question_is_one_line(playbook: EditionInForce, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as error:
        report(*words)

    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.returncode == 2
