"""manage.py report hygiene: three forms of the same numbers, and one line for a wrong question."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from glossary.types import EditionInForce
from tests.reporting.hygiene.people import crowd

pytestmark = pytest.mark.django_db


def report(*words: str) -> str:
    out = io.StringIO()
    call_command("report", "hygiene", *words, stdout=out)
    return out.getvalue()


def test_the_three_forms_say_the_same(playbook: EditionInForce) -> None:
    crowd(60, playbook, 7)

    table = report("--by", "source")
    data = json.loads(report("--by", "source", "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(report("--by", "source", "--format", "csv"))))

    assert [(row["field"], row["source"], row["leads"], row["valid"]) for row in rows] == [
        (row["field"], row["source"], str(row["leads"]), str(row["valid"])) for row in data["rows"]
    ]
    company = [row for row in rows if row["field"] == "company"]
    assert sum(int(row["leads"]) for row in company) == data["leads"] > 40
    assert {"event", "Fair", "unknown", ""} == {row["source"] for row in company}
    assert data["sentence"] in table
    assert "(blank)" in table
    assert "As of: 20" in table


def test_one_field_by_month_in_a_period(playbook: EditionInForce) -> None:
    crowd(60, playbook, 8)

    rows = json.loads(
        report("--field", "company", "--by", "month", "--since", "2026-10", "--format", "json")
    )["rows"]

    assert {row["field"] for row in rows} == {"company"}
    assert [row["month"] for row in rows] == ["2026-10", "2026-11"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "team"), "total, source, month"),
        (("--field", "compny"), "company"),
        (("--since", "soon"), "2018-01"),
        (("--format", "xml"), "table, json, csv"),
    ],
)
def test_a_wrong_question_is_one_line(playbook: EditionInForce, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError) as error:
        report(*words)

    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_without_policies_it_says_how_to_get_them(db: None) -> None:
    with pytest.raises(CommandError, match="publish_playbook"):
        report()
