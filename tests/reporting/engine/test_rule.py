"""What a counting rule and a stage line refuse, and how a rule reads."""

from datetime import date, datetime
from typing import Any

import pytest

from reporting.engine.errors import CountingError
from reporting.engine.funnel import count_conversion
from reporting.engine.stage_line import Stage, StageLine
from tests.reporting.engine.stories import LINE, on_day, rule


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"as_of": datetime(2026, 1, 1)}, "as_of"),  # noqa: DTZ001 - the naive instant is the bad input
        ({"window_days": 0}, "window_days"),
        ({"period_start": date(2026, 2, 1), "period_end": date(2026, 2, 1)}, "period_end"),
        ({"to_stage": "mql"}, "to_stage"),
        ({"from_stage": "sqll"}, "from_stage"),
        ({"to_stage": "sqll"}, "to_stage"),
        ({"from_stage": "won", "to_stage": "mql"}, "to_stage"),
        ({"from_stage": "won", "to_stage": "lost"}, "to_stage"),
        ({"by": "sorce"}, "by"),
    ],
)
def test_a_rule_that_cannot_be_counted_names_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(CountingError) as refusal:
        count_conversion([], LINE, rule(**given), ("source",))

    assert refusal.value.field == field
    assert repr(given.get(field, refusal.value.value)) in str(refusal.value)


def test_an_unknown_stage_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CountingError, match="Give one of the stages of the glossary: lead, mql, sal"):
        count_conversion([], LINE, rule(to_stage="sqll"))


def test_outcomes_share_a_position_and_pass_the_funnel_but_not_each_other() -> None:
    assert LINE.reaching("won") == {"won"}
    assert LINE.reaching("lost") == {"lost"}
    assert LINE.reaching("sql") == {"sql", "opportunity", "won", "lost"}
    assert LINE.reaching("recycled") == {"recycled"}
    assert LINE.passing("recycled") == frozenset()


@pytest.mark.parametrize(
    ("stages", "field"),
    [
        ([Stage("mql", "funnel", 1), Stage("mql", "funnel", 2)], "stages.key"),
        ([Stage("mql", "step", 1)], "stages.kind"),
        ([Stage("mql", "funnel", None)], "stages.position"),
    ],
)
def test_a_line_refuses_stages_it_cannot_order(stages: list[Stage], field: str) -> None:
    with pytest.raises(CountingError) as refusal:
        StageLine(stages)

    assert refusal.value.field == field


def test_a_rule_reads_as_sentences() -> None:
    words = rule(window_days=30, period_start=date(2026, 1, 1), as_of=on_day(0)).words({"sql": "SQL"})

    assert words == (
        "Cohort: leads whose first entry into mql lies on or after 2026-01-01. "
        "Converted: reached SQL or a stage beyond it within 30 days of that entry. "
        "Leads that have not had 30 days are immature and shown apart. "
        "As of 2026-01-05T00:00:00+00:00; days and months are those of UTC."
    )
    assert "lies at any time. Converted: reached sql or a stage beyond it. As of" in rule().words()
    assert "lies before 2026-03-01." in rule(period_end=date(2026, 3, 1)).words()
