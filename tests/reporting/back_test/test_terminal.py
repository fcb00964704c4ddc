"""manage.py report back-test: three formats, versions or a change, and one line for a wrong question."""

import csv
import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from glossary.models import BackTest
from glossary.types import EditionInForce
from reporting.models import BackTestLead
from tests.glossary.amending import threshold
from tests.glossary.governing import published, submitted
from tests.reporting.back_test.scene import asked, computed, crowd, keen, lower_bar

pytestmark = pytest.mark.django_db
WINDOW = ("--since", "2025-09", "--until", "2026-02")


def report(*words: str) -> str:
    out = io.StringIO()
    call_command("report", "back-test", *words, stdout=out)
    return out.getvalue()


def test_the_three_formats_say_the_same_and_store_nothing(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lower_bar(playbook)
    crowd(80, playbook)
    words = ("--before", "scoring=1", *WINDOW)

    table = report(*words)
    data = json.loads(report(*words, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(report(*words, "--format", "csv"))))

    (stage,) = data["stages"]
    assert "Glossary v1, Scoring v1 → Glossary v1, Scoring v2" in table
    assert f"{stage['gained']['n']} gained, {stage['lost']['n']} lost" in table
    assert "Each lead is replayed" in table
    by_source = [row for row in rows if row["by"] == "source"]
    assert sum(int(row["gained"]) for row in by_source) == stage["gained"]["n"] > 0
    assert sum(int(row["leads"]) for row in by_source) == data["leads"]
    assert not BackTest.objects.exists()
    assert not BackTestLead.objects.exists()


def test_a_spreadsheet_computes_nothing_of_what_leads_sent(playbook: EditionInForce) -> None:
    lower_bar(playbook)
    keen(playbook, source="=1+1")

    lines = report("--before", "scoring=1", *WINDOW, "--format", "csv").splitlines()

    assert [line.split(",")[2] for line in lines[1:]] == ["'=1+1", "emea", "(blank)"]


def test_a_change_before_it_is_submitted_or_after(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    keen(playbook, "webinar", "webinar")
    request = submitted("scoring", lambda data: data["thresholds"].update(mql=40), cast.marketing_ops)

    said = report("--change", str(request.pk), *WINDOW)

    assert f"→ Change request #{request.pk} (scoring), Glossary v1" in said
    assert "1 gained, 0 lost" in said


def test_a_change_that_is_in_force_is_compared_with_what_was_before(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    keen(playbook, "webinar", "webinar")
    signers = {"cmo": cast.cmo, "finance": cast.finance}
    request = published("scoring", threshold(40), cast.marketing_ops, signers, now=timezone.now())

    said = report("--change", str(request.pk), *WINDOW)

    assert f"Glossary v1, Scoring v1 → Change request #{request.pk} (scoring), Glossary v1" in said
    assert "1 gained, 0 lost" in said


def test_a_stored_one_is_shown_as_it_is(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lower_bar(playbook)
    keen(playbook, "webinar", "webinar")
    row = asked()
    with pytest.raises(CommandError, match="waiting and has no result"):
        report("--stored", str(row.pk))

    computed(row)

    assert json.loads(report("--stored", str(row.pk), "--format", "json")) == row.result


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Both sides are the same"),
        (("--before", "scoring"), "Give versions such as glossary=7,scoring=5"),
        (("--before", "scoring=9"), "There is no Scoring v9"),
        (("--change", "x"), "Give a number"),
        (("--change", "77"), "a change of the glossary or the scoring"),
        (("--stored", "77"), "There is no such back-test"),
        (("--before", "scoring=1", "--since", "2025-09", "--until", "2025-08"), "must not lie before since"),
    ],
)
def test_a_wrong_question_is_one_line(words: tuple[str, ...], said: str, playbook: EditionInForce) -> None:
    if words[:2] == ("--before", "scoring=1"):
        lower_bar(playbook)

    with pytest.raises(CommandError, match=said) as refused:
        report(*words)

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
