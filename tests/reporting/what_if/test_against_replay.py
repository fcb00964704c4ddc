"""The curve says at every threshold what replaying the cohort with that threshold in force says."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from glossary.services.measuring import Window, ask_for_versions
from glossary.types import EditionInForce
from reporting.choices import RunState
from reporting.engine.errors import CountingError
from reporting.engine.parameters import WhatIfParameters
from reporting.queries.back_test import CohortLog
from reporting.queries.what_if import definition_of
from reporting.services import back_testing
from reporting.services.curves import count_what_if
from routing.engine.replay.definition import Definition
from routing.models import Lead, StageEntry
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.openings import openings
from tests.glossary.amending import publish_change
from tests.reporting.log import enter, new_lead, void
from tests.reporting.what_if.crowd import NOW, crowd, drawn, question, win
from tests.support import PLAYBOOK_SINCE

pytestmark = pytest.mark.django_db
THRESHOLDS = (1, 10, 20, 35, 50, 65, 80, 100)
LONG_AGO = NOW - timedelta(days=365)
# Up to the end of yesterday in London, as the report without days counts.
MIDNIGHT = NOW.replace(hour=0)


def at_threshold(definition: Definition, points: float) -> Definition:
    thresholds = {**definition.scoring.thresholds, "mql": float(points)}
    return replace(definition, scoring=definition.scoring.model_copy(update={"thresholds": thresholds}))


def silent(_: float) -> None:
    """Nobody asks."""


def test_every_point_is_what_a_replay_with_that_threshold_says(playbook: EditionInForce) -> None:
    # Given leads of many scores, the curve, and a definition for each of several thresholds
    crowd(300, playbook)
    result = drawn().result
    assert result is not None
    now = definition_of(playbook)
    # When the same cohort is replayed under each of them, as a back-test does
    cohort = Cohort(LONG_AGO.replace(hour=0), MIDNIGHT, NOW)
    won = CohortLog(cohort).entered_ids("won")
    sides = [now, *(at_threshold(now, points) for points in THRESHOLDS)]
    opened = [row for batch in openings(cohort, sides, ["mql"]) for row in batch.opened]
    replayed = [{row.lead for row in opened if row.at[place]} for place in range(len(sides))]
    # Then each point counts the same leads, the one in force those of the definition in force
    points = {point["at"]: point for point in result["points"]}
    for threshold, leads in zip((result["now"], *THRESHOLDS), replayed, strict=True):
        assert (points[threshold]["volume"], points[threshold]["won"]) == (len(leads), len(leads & won))
    # And the thresholds tell something apart, some leads come in whatever they are, and some won never do
    volumes = [points[threshold]["volume"] for threshold in THRESHOLDS]
    assert len(set(volumes)) == len(THRESHOLDS)
    assert 0 < result["whatever"] <= volumes[-1]
    assert result["won"] > points[1]["won"] > points[65]["won"] > 0


def test_rates_stand_on_the_counts_of_their_point(playbook: EditionInForce) -> None:
    crowd(300, playbook)

    result = drawn().result

    assert result is not None
    assert result["leads"] == Lead.objects.filter(captured_at__lt=MIDNIGHT).count()
    for point in result["points"]:
        assert (point["precision"]["n"], point["precision"]["of"]) == (point["won"], point["volume"])
        assert (point["recall"]["n"], point["recall"]["of"]) == (point["won"], result["won"])
        assert (point["precision"]["percent"] is None) == (point["volume"] < 20)
        assert point["per_week"] == pytest.approx(point["volume"] * 7 / 365)


def test_won_is_what_the_log_says_as_of_the_moment(playbook: EditionInForce) -> None:
    # Given leads that won, won by mistake, won later, won through a merged one, and one outside the window
    plain, mistaken, later, survivor, merged, old = (new_lead() for _ in range(6))
    Lead.objects.update(captured_at=NOW - timedelta(days=9), recorded_at=NOW - timedelta(days=9))
    for lead in (plain, mistaken, merged, old):
        win(lead, playbook).save()
    enter(plain, "won", 40, playbook)
    void(StageEntry.objects.get(lead=mistaken), day=55)
    enter(later, "won", 60, playbook)
    Lead.objects.filter(pk=merged.pk).update(merged_into=survivor, merged_at=NOW - timedelta(hours=1))
    Lead.objects.filter(pk=old.pk).update(captured_at=NOW - timedelta(days=900))

    cohort = Cohort(LONG_AGO, NOW, NOW)

    assert CohortLog(cohort).entered_ids("won") == {plain.pk, survivor.pk}
    later_on = CohortLog(replace(cohort, as_of=NOW + timedelta(days=20)))
    assert later_on.entered_ids("won") == {plain.pk, survivor.pk, later.pk}


def test_a_glossary_without_won_draws_volume_alone(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(40, playbook)
    monkeypatch.setattr("reporting.services.curves.WON", "sold")

    result = count_what_if(question(), NOW, playbook, silent)

    assert result["won"] is None
    assert "neither precision nor recall" in str(result["notes"])


def test_it_says_how_far_it_is(playbook: EditionInForce) -> None:
    crowd(40, playbook)
    heard: list[float] = []

    count_what_if(question(), NOW, playbook, heard.append)

    assert heard[-1] == 1
    assert heard == sorted(heard)


def test_nobody_captured_is_a_curve_of_nothing(playbook: EditionInForce) -> None:
    result = drawn().result

    assert result is not None
    assert {point["volume"] for point in result["points"]} == {0}
    assert result["points"][0]["precision"]["why_not"] == "n/a"


def test_what_cannot_be_moved_is_refused(playbook: EditionInForce) -> None:
    with pytest.raises(CountingError, match=r"gate: 'sql:mql'.*mql:mql"):
        count_what_if(WhatIfParameters(stage="sql", threshold="mql"), NOW, playbook, silent)


def test_counted_again_it_is_the_same(playbook: EditionInForce) -> None:
    crowd(60, playbook)

    first, second = drawn(), drawn()

    assert first.pk != second.pk
    assert first.state == RunState.DONE
    assert first.result == second.result


def test_the_curve_says_what_a_back_test_says(playbook: EditionInForce) -> None:
    # Given a version that lowers the threshold, and a back-test of it against the version before
    crowd(300, playbook)
    in_force = publish_change(
        playbook,
        "scoring",
        lambda data: data["thresholds"].update(mql=30),
        now=PLAYBOOK_SINCE + timedelta(days=1),
    )
    before, after = {"glossary": 1, "scoring": 1}, {"glossary": 1, "scoring": 2}
    since, until = date(2025, 10, 1), date(2026, 2, 15)
    back_test = ask_for_versions(before, after, Window(since, until), acting_user=None, now=NOW)
    assert back_testing.compute(back_test.pk, now=NOW)
    back_test.refresh_from_db()
    assert back_test.result is not None
    said = back_test.result["stages"][0]
    # When the curve of the same stage and window is drawn
    asked = WhatIfParameters(stage="mql", threshold="mql", since=since, until=until)
    result: dict[str, Any] = count_what_if(asked, NOW, in_force, silent)
    # Then its points at both thresholds are both columns of the back-test
    points = {point["at"]: point for point in result["points"]}
    assert (result["now"], result["leads"]) == (30, back_test.result["leads"])
    for side, threshold in (("before", 65), ("after", 30)):
        point = points[threshold]
        assert point["volume"] == said[side]["n"]
        assert point["per_week"] == pytest.approx(float(said[side]["per_week"]), abs=0.005)
        assert (point["precision"], point["recall"]) == (said[side]["precision"], said[side]["recall"])
    assert said["gained"]["n"] == points[30]["volume"] - points[65]["volume"] > 0
