"""The pure counting: what became of a lead, rare values in one row, months without gaps, lists with an end."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from glossary.engine.documents import Stage, StageKind
from reporting.engine.back_test.promises import promises_of
from reporting.engine.back_test.rule import NO_RATES, RATES, sentences
from reporting.engine.back_test.split import RARE_LABEL, by_dimension, months_json, teams_json
from reporting.engine.back_test.stages import Stages
from reporting.engine.back_test.tally import Cell, Opening, StageTally
from reporting.engine.back_test.totals import MOST_ROWS, Totals, told_apart
from reporting.engine.errors import ReconciliationError
from routing.engine.documents.routing import RoutingDocument

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def stage(key: str, kind: StageKind, position: int) -> Stage:
    return Stage(key=key, name=key.upper(), short=key, kind=kind, position=position, definition="x")


FUNNEL = [
    stage("lead", StageKind.FUNNEL, 1),
    stage("mql", StageKind.FUNNEL, 2),
    stage("sql", StageKind.FUNNEL, 3),
    stage("lost", StageKind.OUTCOME, 4),
    stage("won", StageKind.OUTCOME, 4),
    stage("recycled", StageKind.DETOUR, 90),
    stage("disqualified", StageKind.DETOUR, 91),
]
STAGES = Stages(FUNNEL, FUNNEL)


def bits(*keys: str) -> int:
    return sum(STAGES.bits[key] for key in keys)


def tally(**more: Any) -> StageTally:
    return StageTally("mql", STAGES, ZoneInfo("Europe/London"), **more)


def opening(lead: int, before: bool, after: bool, *entered: str, source: str = "email") -> Opening:
    sides = (AT if before else None, AT if after else None)
    return Opening(lead, *sides, (source, "emea", "smb"), "North", bits(*entered))


@pytest.mark.parametrize(
    ("entered", "end"),
    [
        ((), ""),
        (("lead", "mql"), ""),
        (("mql", "sql"), "sql"),
        (("mql", "sql", "lost"), "lost"),
        (("sql", "won", "lost"), "won"),
        (("mql", "recycled"), "recycled"),
        (("recycled", "disqualified"), "disqualified"),
        (("sql", "recycled"), "sql"),
        (("won",), "won"),
    ],
)
def test_the_furthest_stage_counts_and_detours_only_without_one(entered: tuple[str, ...], end: str) -> None:
    assert STAGES.became("mql", bits(*entered)) == end


def test_a_stage_that_one_side_lacks_has_its_place() -> None:
    both = Stages(FUNNEL, [*FUNNEL, stage("meeting", StageKind.FUNNEL, 3)])

    assert both.beyond("mql") == ["meeting", "sql", "won", "lost"]
    assert both.telling(["sql"]) == ["disqualified", "lost", "recycled", "won"]


def test_without_an_outcome_won_nothing_is_won() -> None:
    stages = Stages([row for row in FUNNEL if row.key != "won"], FUNNEL)

    assert not stages.has_won
    assert stages.won_bit == 0


def test_reached_means_reached_or_passed() -> None:
    counted = tally()
    counted.add(opening(1, True, True, "won"))

    assert counted.having(Cell.BOTH, STAGES.reaching("sql")) == 1
    assert counted.having(Cell.BOTH, STAGES.reaching("lost")) == 0


def test_what_is_listed_ends_and_what_is_counted_does_not() -> None:
    counted = tally(most_kept=2)
    for lead in range(5):
        counted.add(opening(lead, before=False, after=True))
    counted.add(opening(9, before=True, after=False))

    assert [kept.lead for kept in counted.kept["gained"]] == [0, 1]
    assert [kept.lead for kept in counted.kept["lost"]] == [9]
    assert counted.leads(Cell.GAINED) == 5
    assert not counted.kept_all


def test_rare_values_are_one_row_and_still_add_up() -> None:
    seen = {f"s{number:03}": (1 + (number < 3), 0) for number in range(MOST_ROWS + 30)}
    known = told_apart(seen)
    counted = tally()
    counted.add(opening(1, True, False, source=next(value for value in seen if value not in known)))
    counted.add(opening(2, True, True, source="s001"))
    leads = sum(n for n, _ in seen.values())
    totals = Totals(leads, 0, [known, {"emea": (leads, 0)}, {"smb": (leads, 0)}])

    rows = by_dimension(counted, totals)["source"]

    assert isinstance(rows, list)
    assert len(rows) == MOST_ROWS + 1
    assert [row["label"] for row in rows[:3]] == ["s000", "s001", "s002"]
    assert (rows[-1]["label"], rows[-1]["leads"], rows[-1]["matrix"]["lost"]["n"]) == (RARE_LABEL, 30, 1)
    assert sum(row["leads"] for row in rows) == leads


def test_more_openings_than_leads_are_never_shown() -> None:
    counted = tally()
    for lead in range(3):
        counted.add(opening(lead, True, True))

    with pytest.raises(ReconciliationError, match="3 leads of 2 opened"):
        Totals(2, 0, ()).matrix(counted)


def test_months_are_those_of_the_zone_and_have_no_gaps() -> None:
    counted = tally()
    values = ("email", "emea", "smb")
    # Half an hour before midnight UTC in June is July in London.
    counted.add(Opening(1, datetime(2025, 6, 30, 23, 30, tzinfo=UTC), None, values, "North", 0))
    counted.add(Opening(2, None, datetime(2025, 9, 1, tzinfo=UTC), values, "North", 0))

    assert months_json(counted) == [
        {"label": "2025-07", "before": 1, "after": 0},
        {"label": "2025-08", "before": 0, "after": 0},
        {"label": "2025-09", "before": 0, "after": 1},
    ]


def test_teams_say_what_more_or_less_there_is_per_week() -> None:
    counted = tally()
    for lead in range(7):
        counted.add(opening(lead, before=lead < 4, after=lead >= 2))

    (row,) = teams_json(counted, weeks=2)

    assert (row["before"], row["after"], row["gained"], row["lost"]) == (4, 5, 3, 2)
    assert (row["before_per_week"], row["after_per_week"], row["difference_per_week"]) == (2.0, 2.5, 0.5)


def test_the_rule_says_what_the_log_cannot_tell() -> None:
    whole = sentences(has_won=True, not_logged=["Territory"], imported=1200)

    assert RATES in whole
    assert any("1,200 of the leads" in line for line in whole)
    assert whole[-1].endswith("Territory.")
    assert NO_RATES in sentences(has_won=False, not_logged=[], imported=0)


def test_promises_that_begin_with_a_stage_or_hold_for_it() -> None:
    on_stage = {"kind": "behaviour", "field": "stage", "op": "in", "value": ["mql", "sal"]}
    promise = {"to": "touched", "target": "1 hour"}
    for_mql = {"applies_to": {"all": [{"any": [on_stage]}]}}
    routing = RoutingDocument.model_validate(
        {
            "territories": [],
            "queues": [{"key": "all", "name": "All", "calendar": "c"}],
            "fallback": "all",
            "sla": [
                {"key": "a", "name": "From MQL", "from": "mql", **promise},
                {"key": "b", "name": "For MQL", "from": "routed", **promise, **for_mql},
                {"key": "c", "name": "Other", "from": "routed", **promise},
            ],
        }
    )  # fmt: skip

    assert promises_of(routing, "mql") == ["From MQL", "For MQL"]
    assert promises_of(routing, "sql") == []
