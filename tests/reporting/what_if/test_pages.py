"""The what-if page, its permalink, download and terminal: what moving the threshold says, with and without script."""

import csv
import io
import json
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from glossary.types import EditionInForce
from reporting.choices import RunState
from reporting.models import ReportRun
from reporting.services.runs import compute
from tests.glossary.amending import publish_change
from tests.reporting.browsing import signed_in, text
from tests.reporting.what_if.crowd import NOW, crowd, drawn

pytestmark = pytest.mark.django_db
PAGE = "/reports/what-if/"
PROPOSE = "/changes/new/?workstream=scoring"


def said(page: str, name: str) -> str:
    """What stands in the spot of the page that the script would move."""
    found = re.search(rf'data-what="{name}">([^<]*)<', page)
    assert found is not None, name
    return found[1]


def embedded(page: str, key: str) -> Any:
    found = re.search(rf'<script id="{key}" type="application/json">(.*?)</script>', page)
    assert found is not None, key
    return json.loads(found[1])


def point(run: ReportRun, at: float) -> dict[str, Any]:
    assert run.result is not None
    found: dict[str, Any] = next(one for one in run.result["points"] if one["at"] == at)
    return found


def report(*words: str) -> str:
    out = io.StringIO()
    call_command("report", "what-if", *words, stdout=out)
    return out.getvalue()


def test_it_is_asked_by_post_and_answered_on_its_page(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    client = signed_in(cast.marketing_ops)
    empty = text(client, PAGE)
    assert "This curve was not computed yet" in empty
    assert "MQL: threshold “mql”, 65 today" in empty

    for _ in range(2):
        answer = client.post(f"{PAGE}compute/", {"gate": "mql:mql", "since": "2026-01"})
    run = ReportRun.objects.get()
    assert answer["Location"] == f"{PAGE}?gate=mql%3Amql&since=2026-01"
    assert "being computed" in text(client, answer["Location"])
    compute(run.pk, now=timezone.now())

    assert "What it would mean" in text(client, answer["Location"])
    assert "not computed yet" in text(client, PAGE)


def test_the_page_says_how_far_the_computation_is(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    crowd(30, playbook)
    run = drawn()
    ReportRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, result=None, progress=40)

    assert "being computed. 40 % done." in text(signed_in(cast.revops), f"{PAGE}{run.pk}/")


def test_the_threshold_in_force_comes_first_and_another_is_shown_by_address(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    crowd(300, playbook)
    run, client = drawn(), signed_in(cast.revops)

    now, moved = text(client, PAGE), text(client, f"{PAGE}?at=20")

    assert (said(now, "at"), said(moved, "at")) == ("65", "20")
    assert said(now, "change") == "This is the threshold in force."
    more = point(run, 20)["volume"] - point(run, 65)["volume"]
    won = point(run, 20)["won"] - point(run, 65)["won"]
    assert said(moved, "change").startswith(f"{more} more leads (")
    assert f"{won} of them were won" in said(moved, "change")
    assert said(moved, "precision") == f"{point(run, 20)['precision']['percent']} %"
    assert (
        said(moved, "volume") == f"{point(run, 20)['volume']} of {run.result and run.result['leads']} leads"
    )
    assert f"in force, at 65: {point(run, 65)['per_week']:.1f}, " in moved
    assert 'value="20" required' in moved


def test_the_script_has_every_text_that_the_server_would_say(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    crowd(100, playbook)
    drawn()
    client = signed_in(cast.revops)
    texts = embedded(text(client, PAGE), "what-if-texts")

    assert len(texts) == 101
    for at in (0, 35, 80, 100):
        page = text(client, f"{PAGE}?at={at}")
        assert {name: said(page, name) for name in texts[at]} == texts[at]
    assert texts[80]["change"].split()[1] == "fewer"


@pytest.mark.parametrize(
    ("asked", "shown"), [("20.4", "20"), ("-5", "0"), ("1e9", "100"), ("nan", "65"), ("x", "65")]
)
def test_any_number_lands_on_the_curve(
    playbook: EditionInForce, cast: SimpleNamespace, asked: str, shown: str
) -> None:
    crowd(30, playbook)
    drawn()

    assert said(text(signed_in(cast.revops), f"{PAGE}?at={asked}"), "at") == shown


def test_the_chart_shows_volume_precision_and_both_thresholds(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    crowd(300, playbook)
    run = drawn()

    chart = embedded(text(signed_in(cast.revops), f"{PAGE}?at=50"), "what-if")

    assert [series["label"].split(" ")[0] for series in chart["datasets"]] == [
        "Leads",
        "Precision:",
        "Recall:",
    ]
    assert chart["datasets"][0]["data"][50] == point(run, 50)["volume"]
    precision = point(run, 50)["precision"]
    assert chart["datasets"][1]["data"][50] == pytest.approx(precision["n"] / precision["of"])
    assert (chart["x"], chart["y"], chart["right"]["title"]) == (
        "Threshold “mql”",
        "Leads",
        "Share",
    )
    assert [(mark["name"], mark["at"]) for mark in chart["marks"]] == [("now", 65), ("chosen", 50)]
    assert f"At 65, the threshold in force, {point(run, 65)['volume']} of" in chart["title"]


def test_the_permalink_stays_and_moves_too(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    crowd(60, playbook)
    run = drawn()
    before = run.result
    crowd(60, playbook, seed=2)
    drawn()
    client = signed_in(cast.sdr)

    page = text(client, f"{PAGE}{run.pk}/?at=30")

    assert said(page, "at") == "30"
    assert "of 60 leads" in said(page, "volume") or f"of {before and before['leads']} leads" in said(
        page, "volume"
    )
    assert "glossary version 1, scoring version 1" in page
    text(client, f"/reports/sla/{run.pk}/", 404)
    text(client, f"{PAGE}999/", 404)


def test_a_curve_of_earlier_definitions_says_so(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    crowd(30, playbook)
    run, client = drawn(), signed_in(cast.revops)
    warning = "Other definitions are in force since this curve was drawn"
    assert warning not in text(client, PAGE)

    publish_change(
        playbook, "scoring", lambda data: data["thresholds"].update(mql=50), now=NOW + timedelta(days=1)
    )

    assert warning in text(client, PAGE)
    assert warning not in text(client, f"{PAGE}{run.pk}/")
    assert said(text(client, f"{PAGE}{run.pk}/"), "at") == "65"


def test_only_who_may_propose_is_led_to_the_draft(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    crowd(30, playbook)
    drawn()

    assert PROPOSE in text(signed_in(cast.revops), PAGE)
    assert PROPOSE not in text(signed_in(cast.sdr), PAGE)
    form = text(signed_in(cast.revops), PROPOSE)
    assert re.search(r'<option value="scoring" selected', form) or 'value="scoring" checked' in form


def test_a_failed_run_says_why(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    run = drawn()
    ReportRun.objects.filter(pk=run.pk).update(
        state=RunState.FAILED, error="RuntimeError: no memory", result=None
    )

    assert "RuntimeError: no memory" in text(signed_in(cast.revops), f"{PAGE}{run.pk}/")


def test_nobody_reads_it_without_signing_in(playbook: EditionInForce) -> None:
    run = drawn()

    for path in (PAGE, f"{PAGE}{run.pk}/", f"/reports/runs/{run.pk}.csv"):
        assert Client().get(path).status_code == 302


def test_the_download_has_every_threshold(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    crowd(300, playbook)
    run = drawn()

    response = signed_in(cast.sdr).get(f"/reports/runs/{run.pk}.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))

    assert response["Content-Disposition"] == f'attachment; filename="what_if-{run.pk}.csv"'
    assert len(rows) == 101
    assert [row["threshold"] for row in rows if row["in_force"] == "yes"] == ["65"]
    assert int(rows[50]["volume"]) == point(run, 50)["volume"]
    assert rows[50]["precision_percent"] == point(run, 50)["precision"]["percent"]


def test_the_page_asks_the_database_a_bounded_number_of_questions(
    playbook: EditionInForce, cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    crowd(100, playbook)
    drawn()
    client = signed_in(cast.revops)

    with django_assert_max_num_queries(20):
        client.get(f"{PAGE}?at=20")


def test_the_terminal_says_the_same(playbook: EditionInForce) -> None:
    crowd(300, playbook)
    as_of = ("--as-of", "2026-03-02T10:00:00Z")

    data = json.loads(report(*as_of, "--format", "json"))
    table, rows = report(*as_of), list(csv.DictReader(io.StringIO(report(*as_of, "--format", "csv"))))

    in_force = next(one for one in data["points"] if one["at"] == 65)
    assert re.search(rf"^65 \* +{in_force['volume']} ", table, re.MULTILINE)
    assert f"{in_force['precision']['percent']} %" in table
    assert "Cohort: leads captured from 2025-03-02 to 2026-03-01" in table
    assert int(rows[65]["volume"]) == in_force["volume"]
    assert not ReportRun.objects.exists()
    assert NOW.isoformat().startswith(data["as_of"][:16])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--gate", "sql:mql"), "gate: 'sql:mql'.*mql:mql"),
        (("--since", "2026-05", "--until", "2026-04"), "until: '2026-04'"),
        (("--since", "2030-01"), "since: '2030-01-01'.*Give a day up to"),
        (("--as-of", "2026-03-02T10:00:00"), "add Z"),
    ],
)
def test_a_wrong_question_is_one_line(playbook: EditionInForce, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message) as error:
        report(*words)

    assert "\n" not in str(error.value)
    assert error.value.returncode == 2
