"""manage.py report: three formats, and one line and exit code 2 for a wrong question."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from glossary.types import EditionInForce
from tests.reporting.log import cohort, new_lead, start_clock

pytestmark = pytest.mark.django_db


def report(*words: str) -> str:
    out = io.StringIO()
    call_command("report", *words, stdout=out)
    return out.getvalue()


def test_the_three_formats_say_the_same(playbook: EditionInForce) -> None:
    cohort(playbook, source="email")
    words = ("conversion", "--from", "mql", "--to", "sql", "--by", "source")

    table = report(*words)
    data = json.loads(report(*words, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(report(*words, "--format", "csv"))))

    assert "glossary version 1" in table
    assert "email: 30 entered = 12 advanced + 18 still open" in table
    assert "Without left-truncated cohorts" in table
    assert (data["rows"][0]["rate"], data["rows"][0]["rate_percent"]) == (0.4, "40.00")
    assert [(row["row"], row["converted"], row["rate_percent"]) for row in rows[:2]] == [
        ("email", "12", "40.00"),
        ("All cohorts", "12", "40.00"),
    ]


def test_a_spreadsheet_computes_nothing_of_what_leads_sent(playbook: EditionInForce) -> None:
    cohort(playbook, source='=HYPERLINK("http://evil")')

    text = report("conversion", "--from", "mql", "--to", "sql", "--by", "source", "--format", "csv")

    assert list(csv.reader(io.StringIO(text)))[1][0].startswith("'=")


def test_few_leads_show_counts_and_no_rate(playbook: EditionInForce) -> None:
    cohort(playbook, size=19)

    total = json.loads(report("conversion", "--from", "mql", "--to", "sql", "--format", "json"))["total"]

    assert (total["converted"], total["mature"], total["rate_percent"]) == (12, 19, None)
    assert total["why_not"] == "not enough mature leads"


def test_the_sla_report(playbook: EditionInForce) -> None:
    for number in range(20):
        state = "met" if number < 15 else "late"
        start_clock(
            new_lead(), playbook, state=state, stopped_at="2026-01-07T00:00Z", business_seconds=5400.0
        )

    text = report("sla", "--by", "month")

    assert "75.00" in text
    assert "1.5 h" in text
    assert "routing version 1" in text
    assert "20 clocks = 15 met + 5 late + 0 open and overdue + 0 pending + 0 void" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("conversion", "--from", "mqx", "--to", "won"), "from: 'mqx'"),
        (("conversion", "--from", "mql", "--to", "won", "--as-of", "2018-05-31T23:59:59"), "add Z"),
        (("conversion", "--from", "mql", "--to", "won", "--format", "pdf"), "table, json, csv"),
        (("sla", "--by", "shoe"), "key, month, region"),
        (("sla", "--key", "lunch"), "first_touch"),
    ],
)
def test_a_wrong_question_is_one_line(playbook: EditionInForce, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as error:
        report(*words)

    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.returncode == 2


def test_without_policies_it_says_how_to_get_them(db: None) -> None:
    with pytest.raises(CommandError, match="publish_playbook"):
        report("sla")
