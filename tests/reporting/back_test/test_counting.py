"""A result counts what the log says, lead for lead, and all its numbers add up."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from glossary.models import BackTest
from glossary.services.measuring import Window
from glossary.types import EditionInForce
from people.models import Team
from reporting.models import BackTestLead
from routing.choices import Origin
from routing.models import Lead, StageEntry
from routing.queries.replay.cohort import Cohort
from tests.conftest import make_person
from tests.reporting.back_test.naive import Naive, cells, counted
from tests.reporting.back_test.scene import NOW, asked, computed, crowd, entry, keen, lower_bar

pytestmark = pytest.mark.django_db
CELLS = ("both", "gained", "lost", "neither")


def the_cohort(row: BackTest) -> Cohort:
    """Leads of the window; the playbook's zone is that of London, where these days begin in UTC or BST."""
    since = NOW.replace(year=2025, month=8, day=31, hour=23)
    return Cohort(since, NOW.replace(month=3, day=1, hour=0), row.as_of)


def mql(row: BackTest) -> dict[str, Any]:
    assert row.result is not None
    (stage,) = row.result["stages"]
    assert stage["key"] == "mql"
    return dict(stage)


@pytest.fixture
def measured(playbook: EditionInForce, cast: SimpleNamespace) -> BackTest:
    """300 random leads; some merged into others, some entries declared mistakes."""
    lower_bar(playbook)
    leads = crowd(300, playbook, owner=make_person("loner"))
    for lead, survivor in zip(leads[:8], leads[8:16], strict=True):
        lead.merged_into, lead.merged_at = survivor, NOW - timedelta(days=1)
        lead.save(update_fields=["merged_into", "merged_at"])
    for mistake in list(StageEntry.objects.filter(to_stage="won").order_by("pk")[:5]):
        row = entry(mistake.lead, "won", 30, playbook)
        row.occurred_at = row.recorded_at = NOW - timedelta(hours=1)
        row.voids = mistake
        row.save()
    return computed(asked())


def test_it_says_what_counting_lead_by_lead_says(measured: BackTest) -> None:
    naive = counted(measured, the_cohort(measured))
    stage = mql(measured)

    assert measured.result is not None
    assert measured.result["leads"] == sum(naive.matrix.values()) > 200
    assert measured.result["won"] == sum(n for (_, won), n in naive.matrix.items() if won)
    assert cells(stage["matrix"]) == naive.matrix
    assert min(naive.matrix[name, False] for name in CELLS) > 3, "a cell is empty, so nothing is tested"
    assert stage["entered"] == naive.entered
    for name, rows in stage["by"].items():
        found = Counter(
            {(row["label"], *cell): n for row in rows for cell, n in cells(row["matrix"]).items()}
        )
        assert found == naive.by[name]
    _same_ends(stage, naive)


def _same_ends(stage: dict[str, Any], naive: Naive) -> None:
    for kind in ("gained", "lost"):
        ends = {(kind, end["stage"]): end["n"] for end in stage[kind]["became"]}
        assert ends == {key: n for key, n in naive.became.items() if key[0] == kind}
    for row in stage["teams"]:
        assert row["gained"] == naive.teams[row["label"], "gained"]
        assert row["lost"] == naive.teams[row["label"], "lost"]
        assert row["before"] == naive.teams[row["label"], "both"] + row["lost"]


def test_the_leads_that_move_are_kept(measured: BackTest) -> None:
    naive = counted(measured, the_cohort(measured))

    kept = {
        lead.lead_id: (lead.kind, lead.opened_at, lead.outcome)
        for lead in BackTestLead.objects.filter(back_test=measured, stage="mql")
    }
    assert kept == naive.kept
    assert measured.result is not None
    assert measured.result["kept_all"]


def test_all_numbers_add_up(measured: BackTest) -> None:
    stage = mql(measured)
    matrix = stage["matrix"]
    assert measured.result is not None
    leads, won = measured.result["leads"], measured.result["won"]

    assert sum(matrix[name]["n"] for name in CELLS) == leads
    assert sum(matrix[name]["won"] for name in CELLS) == won
    assert stage["gained"]["n"] + matrix["both"]["n"] == stage["after"]["n"]
    assert stage["lost"]["n"] + matrix["both"]["n"] == stage["before"]["n"]
    for rows in stage["by"].values():
        assert sum(row["leads"] for row in rows) == leads
        for name in CELLS:
            for part in ("n", "won"):
                assert sum(row["matrix"][name][part] for row in rows) == matrix[name][part]
        assert sum(row["before"] for row in rows) == stage["before"]["n"]
        assert sum(row["conversion_after"]["n"] for row in rows) == stage["after"]["precision"]["n"]
    for side in ("before", "after"):
        assert sum(row[side] for row in stage["teams"]) == stage[side]["n"]
        assert sum(row[side] for row in stage["months"]) == stage[side]["n"]
        assert stage[side]["recall"]["of"] == won
        reached = {row["stage"]: row["n"] for row in stage[side]["reached"]}
        assert reached["sal"] >= reached["sql"] >= reached["opportunity"] >= reached["won"]
        assert reached["won"] == stage[side]["precision"]["n"]
    for kind in ("gained", "lost"):
        assert sum(end["n"] for end in stage[kind]["became"]) == stage[kind]["n"]


def test_one_lead_by_hand(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    # Given 2 webinars: 40 points, enough under v2 only; and the team of its owner
    lower_bar(playbook)
    lead = keen(playbook, "webinar", "webinar", owner=cast.sdr, source="partner")
    keen(playbook)
    StageEntry.objects.bulk_create([entry(lead, "sql", 5, playbook), entry(lead, "lost", 9, playbook)])

    stage = mql(row := computed(asked()))

    assert stage["matrix"]["gained"] == {"n": 1, "won": 0}
    assert stage["gained"]["became"] == [{"stage": "lost", "name": "Lost", "n": 1}]
    assert {end["stage"]: end["n"] for end in stage["after"]["reached"]} == {
        "sal": 1, "sql": 1, "opportunity": 1, "won": 0, "lost": 1,
    }  # fmt: skip
    assert stage["months"] == [{"label": "2025-12", "before": 0, "after": 1}]
    assert [(team["label"], team["gained"]) for team in stage["teams"]] == [("North", 1)]
    assert stage["sla"] == ["First touch to SAL"]
    assert stage["after"]["precision"] == {
        "n": 0, "of": 1, "percent": None, "low": None, "high": None, "why_not": "fewer than 20",
    }  # fmt: skip
    kept = row.leads.get()
    assert (kept.lead, kept.kind, kept.outcome) == (lead, "gained", "lost")
    assert kept.opened_at == lead.captured_at + timedelta(days=1)


def test_a_window_without_leads_says_so(playbook: EditionInForce) -> None:
    lower_bar(playbook)

    row = computed(asked(Window(date(2025, 1, 1), date(2025, 1, 7))))

    assert row.result is not None
    assert (row.result["leads"], row.result["weeks"]) == (0, 1.0)
    assert mql(row)["before"]["precision"]["why_not"] == "n/a"
    assert mql(row)["by"] == {"source": [], "region": [], "segment": []}


def test_queues_and_people_without_a_team(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lower_bar(playbook)
    keen(playbook, "demo_request", queue="revops")
    keen(playbook, "demo_request", queue="gone")
    keen(playbook, "demo_request", owner=cast.cro)
    keen(playbook, "demo_request")

    labels = {row["label"]: row["before"] for row in mql(computed(asked()))["teams"]}

    assert labels["Queue gone"] == 1
    assert labels["No team"] == 2
    assert sum(labels.values()) == 4
    assert "Queue revops" not in labels, "the queue is called by its name"


def test_what_happened_or_was_recorded_later_is_not_seen(playbook: EditionInForce) -> None:
    lower_bar(playbook)
    lead = keen(playbook, "demo_request")
    later = entry(lead, "won", 1, playbook)
    later.recorded_at = NOW + timedelta(days=1)
    told = entry(keen(playbook, "demo_request"), "won", 1, playbook)
    told.recorded_at, told.origin, told.edition = NOW + timedelta(days=1), Origin.IMPORT, None
    StageEntry.objects.bulk_create([later, told])

    row = computed(asked())

    # Imported history counts from when it happened.
    assert row.result is not None
    assert row.result["won"] == 1
    assert mql(row)["before"]["precision"]["n"] == 1


def test_leads_merged_away_are_no_cohort_and_their_entries_count(playbook: EditionInForce) -> None:
    lower_bar(playbook)
    survivor, merged = keen(playbook, "demo_request"), keen(playbook)
    StageEntry.objects.bulk_create([entry(merged, "won", 2, playbook)])
    Lead.objects.filter(pk=merged.pk).update(merged_into=survivor, merged_at=NOW - timedelta(days=2))

    row = computed(asked())

    assert row.result is not None
    assert (row.result["leads"], row.result["won"]) == (1, 1)
    assert mql(row)["matrix"]["both"] == {"n": 1, "won": 1}


def test_a_team_counts_once_under_its_name(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lower_bar(playbook)
    assert Team.objects.count() == 2
    for owner in (cast.sdr, cast.ae, cast.sdr_b):
        keen(playbook, "webinar", "webinar", owner=owner)

    teams = mql(computed(asked()))["teams"]

    assert [(row["label"], row["after"], row["difference_per_week"]) for row in teams] == [
        ("North", 2, round(2 * 7 / 181, 2)),
        ("South", 1, round(7 / 181, 2)),
    ]
