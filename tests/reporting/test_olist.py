"""The reference numbers on the real leads, the whole way: two import commands, then the report command."""

import json
import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from glossary.queries.editions import edition_at, forget
from glossary.services.playbook import publish_playbook
from glossary.services.publish import publish
from glossary.types import Publication
from reporting.engine.document import ReportingDocument
from routing.models import Lead, StageEntry
from tests.support import PLAYBOOK_SINCE, ROOT, FreeWarrant, reference_data

pytestmark = pytest.mark.django_db
MAPPINGS = ROOT / "docs" / "examples" / "mappings"
MAY = ("--as-of", "2018-05-31T23:59:59Z", "--window", "30")
TRUNCATED = ["2017-06", "2017-07", "2017-08", "2017-09", "2017-10", "2017-11", "2017-12"]


def import_file(folder: Path, name: str, mapping: str) -> str:
    out = StringIO()
    call_command(
        "import_leads", str(folder / name), "--mapping", str(MAPPINGS / mapping), stdout=out, stderr=out
    )
    return out.getvalue()


def import_both(folder: Path) -> str:
    leads = import_file(folder, "olist_marketing_qualified_leads_dataset.csv", "marketing-funnel-leads.yaml")
    return leads + import_file(folder, "olist_closed_deals_dataset.csv", "marketing-funnel-deals.yaml")


@pytest.fixture(scope="module")
def folder() -> Path:
    """Fails when the data is there but unread, or was named and isn't there; skips only without any."""
    data = reference_data()
    if not data.exists() and "CONCORD_REFERENCE_DATA" not in os.environ:
        pytest.skip(f"no reference data at {data}")
    return data / "olist"


@pytest.fixture(scope="module")
def imported(folder: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Both files imported once for this module, and cleared away after it; what the commands said."""
    with django_db_blocker.unblock():
        publish_playbook(now=timezone.now(), in_force_from=PLAYBOOK_SINCE)
        said = import_both(folder)
    yield said
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        forget()


def report(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "report", "conversion", "--from", "mql", "--to", "won", *options, "--format", "json", stdout=out
    )
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def by_key(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in result["rows"]}


def test_every_row_of_both_files_arrived(imported: str) -> None:
    assert Lead.objects.count() == 8000
    assert StageEntry.objects.filter(to_stage="mql", date_only=True).count() == 8000
    assert StageEntry.objects.filter(to_stage="won").count() == 842
    assert "8,000 created" in imported


def test_overall(imported: str) -> None:
    result = report()

    total = result["total"]
    assert (total["converted"], total["mature"], total["immature"]) == (842, 8000, 0)
    assert (total["rate_percent"], total["rate"]) == ("10.525", 842 / 8000)
    assert (total["low_percent"], total["high_percent"]) == ("9.87", "11.22")
    assert (total["timed"], total["negative_durations"]) == (841, 1)
    assert (total["median_text"], total["p75_text"]) == ("14.72", "55.13")
    assert total["reconciliation"] == "8,000 entered = 842 advanced + 7,158 still open"
    assert result["definitions"]["imported"] == 8842


def test_by_source_keeps_blank_apart_from_unknown(imported: str) -> None:
    rows = by_key(report("--by", "source"))

    figures = {key: (row["converted"], row["mature"], row["rate_percent"]) for key, row in rows.items()}
    assert figures["organic_search"] == (271, 2296, "11.80")
    assert figures["unknown"] == (179, 1099, "16.29")
    assert figures[""] == (14, 60, "23.33")
    assert rows[""]["label"] == "(blank)"


def test_monthly_cohorts_and_the_activity_beside_them(imported: str) -> None:
    result = report("--by", "month")

    rows = by_key(result)
    rates = [rows[f"2018-{month:02d}"]["rate_percent"] for month in range(1, 6)]
    assert rates == ["13.32", "14.49", "14.22", "13.54", "9.98"]
    assert rows["2018-04"]["activity_percent"] == "15.31"
    assert [key for key, row in rows.items() if row["left_truncated"]] == TRUNCATED
    assert result["first_outcome_on"] == "2017-12-05"
    assert "Left-truncated" in result["notes"][0]


def test_a_window_as_of_the_end_of_may(imported: str) -> None:
    result = report(*MAY)

    recent = result["total_without_truncated"]
    assert (recent["converted"], recent["mature"], recent["immature"]) == (453, 4720, 1278)
    assert recent["rate_percent"] == "9.60"
    assert recent["label"] == "Without left-truncated cohorts"
    assert result["definitions"]["imported_later"] > 8000


def test_the_period_says_the_same_as_the_total_without_truncated(imported: str) -> None:
    total = report(*MAY, "--since", "2018-01", "--until", "2018-05")["total"]

    assert (total["converted"], total["mature"], total["immature"]) == (453, 4720, 1278)
    assert not total["left_truncated"]


def test_what_was_recorded_by_then_is_nothing(imported: str) -> None:
    assert report(*MAY, "--basis", "recorded")["total"]["entered"] == 0


def test_dates_are_not_shifted_by_the_reporting_zone(imported: str) -> None:
    # In Honolulu 00:00 UTC is the day before: shifted dates would move the first of each month.
    before = by_key(report("--by", "month"))
    now = timezone.now()
    document = edition_at(now).document(ReportingDocument).model_copy(update={"zone": "Pacific/Honolulu"})
    said = Publication("Another zone", "To see that dates stay dates")
    publish({"reporting": document}, said, acting_user=None, warrant=FreeWarrant(), now=now)

    result = report("--by", "month")

    assert result["zone"] == "Pacific/Honolulu"
    assert {row["key"]: row["entered"] for row in result["rows"] if row["entered"]} == {
        key: row["entered"] for key, row in before.items() if row["entered"]
    }


def test_the_table_prints_what_must_be_said(imported: str) -> None:
    out = StringIO()
    call_command("report", "conversion", "--from", "mql", "--to", "won", *MAY, "--by", "month", stdout=out)

    text = out.getvalue()
    for said in (
        "Rule: Cohort: leads whose first entry into Marketing Qualified Lead",
        "As of: 2018-05-31T23:59:59Z",
        "imported history (8,665 entries, judged elsewhere)",
        "9.60",
        "1,278",
        "2017-12 *",
        "not enough mature leads",
        "5,998 entered = 632 advanced + 5,366 still open",
    ):
        assert said in text


def test_importing_again_changes_no_digit(imported: str, folder: Path) -> None:
    before = report(*MAY, "--by", "source")

    import_both(folder)

    assert report(*MAY, "--by", "source") == before


def test_won_deals_without_lost_ones_cannot_be_compared(imported: str) -> None:
    out = StringIO()
    call_command(
        "report", "win-loss", "--since", "2017-01", "--until", "2018-12", "--format", "json", stdout=out
    )
    result = json.loads(out.getvalue())

    # The deal that was won before the first contact was known cannot be judged by what was known before.
    assert (result["total"]["won"], result["total"]["lost"], result["total"]["unjudged"]) == (841, 0, 1)
    assert "None was lost, so there is nothing to compare" in result["sentence"]
    assert not any(row["compared"] for row in result["rows"])
