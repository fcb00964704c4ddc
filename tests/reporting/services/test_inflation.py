"""MQL inflation: on the report with the definitions beside it, and told to RevOps once, only when it is there."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from glossary.types import EditionInForce
from notifications.models import Notification
from reporting.choices import ReportKind
from reporting.engine.inflation_months import Pair, mature_pair, month_bounds
from reporting.engine.parameters import ConversionParameters
from reporting.engine.rule import ConversionRule
from reporting.models import ReportRun
from reporting.services.kpis import refresh_kpis
from reporting.services.runs import compute, compute_now
from routing.models import Lead, StageEntry
from tests.glossary.amending import publish_change, threshold
from tests.reporting.log import computed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# 30 days after August is over and out: July and August are mature, September is not.
NOW = datetime.fromisoformat("2026-10-15T10:00+00:00")
WINDOW = 30


def verdict(score: float, *, demo: bool) -> dict[str, Any]:
    """What the gate stores with an entry, as far as it matters here."""
    answers = [
        {"about": "intent_score", "answer": "met" if score >= 65 else "not_met", "seen": score},
        {"about": "demo_request", "answer": "met" if demo else "not_met", "seen": int(demo)},
    ]
    return {
        "groups": [
            {"answer": "met", "any": [{"about": "icp_grade", "answer": "met", "seen": "A"}]},
            {"any": answers},
        ]
    }


def month(first: str, size: int, converted: int, edition: EditionInForce, **stored: Any) -> None:
    """So many MQLs on the second of a month, of which some became SQL two days later."""
    at = datetime.fromisoformat(f"{first}-02T10:00+00:00")
    leads = Lead.objects.bulk_create(Lead(captured_at=at, recorded_at=at) for _ in range(size))
    given = {"pass_number": 1, "origin": "system", "actor_name": "Concord", "edition_id": edition.id}
    entries = [
        StageEntry(lead=lead, to_stage="mql", occurred_at=at, recorded_at=at, **given, **stored)
        for lead in leads
    ]
    entries += [
        StageEntry(lead=lead, to_stage="sql", occurred_at=at + 2 * DAY, recorded_at=at + 2 * DAY, **given)
        for lead in leads[:converted]
    ]
    StageEntry.objects.bulk_create(entries)


def asked(**more: Any) -> ConversionParameters:
    return ConversionParameters(
        **{"from_stage": "mql", "to_stage": "sql", "window_days": WINDOW, "by": "month", **more}
    )


def told() -> list[Notification]:
    return list(Notification.objects.filter(kind="mql_inflation").order_by("id"))


@pytest.fixture
def watched(playbook: EditionInForce) -> EditionInForce:
    """The KPI looks at 30 days, as the question of these tests does."""

    def window(data: dict[str, Any]) -> None:
        next(kpi for kpi in data["kpis"] if kpi["key"] == "mql_to_sql")["window_days"] = WINDOW

    return publish_change(playbook, "reporting", window, now=datetime.fromisoformat("2026-06-01T00:00+00:00"))


@pytest.fixture
def inflated(watched: EditionInForce, cast: SimpleNamespace) -> EditionInForce:
    """The worked case: 400 MQLs of which 120 became SQL, then 600 of which 126 did, under a lower bar."""
    month("2026-07", 400, 120, watched, verdict=verdict(80, demo=True))
    lower = publish_change(
        watched, "scoring", threshold(60), now=datetime.fromisoformat("2026-08-01T00:00+00:00")
    )
    month("2026-08", 500, 126, lower, verdict=verdict(65.5, demo=False))
    month("2026-08", 100, 0, lower, verdict=verdict(80, demo=True))
    # A month that is too young to say anything, whatever it shows so far.
    month("2026-09", 900, 0, lower)
    return lower


def test_the_report_shows_both_months_with_their_definitions(inflated: EditionInForce) -> None:
    result = computed(asked(), NOW).result
    assert result is not None
    found = result["inflation"]
    assert (found["flagged"], found["months"]) == (True, ["2026-07", "2026-08"])
    assert (found["volume_percent"], found["z"], found["p"]) == ("+50.0", "3.24", "0.0012")
    july, august = found["rows"]
    assert (july["rate_percent"], august["rate_percent"]) == ("30.00", "21.00")
    assert (july["versions"]["scoring"], august["versions"]["scoring"]) == ([1], [2])
    assert found["definitions"] == "scoring version 1 → 2"
    # The bar of each month is that of its own definitions: 65 in July, 60 in August
    assert (july["just_above"], july["score_only"], july["judged"]) == (0, 0, 400)
    assert (august["just_above"], august["score_only"], august["judged"]) == (500, 500, 600)


def test_revops_is_told_once_per_month_compared(inflated: EditionInForce, cast: SimpleNamespace) -> None:
    computed(asked(), NOW)
    computed(asked(), NOW + DAY)
    assert {(item.recipient, item.channel) for item in told()} == {
        (cast.revops, "inbox"),
        (cast.revops, "mail"),
    }
    assert len(told()) == 2
    message = told()[0]
    assert message.subject == "MQL inflation in Aug 2026: +50.0 % MQLs, fewer became SQL"
    assert "from 30.00 % to 21.00 %" in message.body
    assert "scoring version 1 → 2" in message.body
    assert message.url == "/reports/#inflation"


@pytest.mark.parametrize("own", [{"window_days": WINDOW - 1}, {"at_least": 1}])
def test_a_question_that_is_no_kpi_neither_tells_nor_mutes(
    inflated: EditionInForce, cast: SimpleNamespace, own: dict[str, Any]
) -> None:
    # Given somebody asks a question of their own that shows inflation
    result = computed(asked(**own), NOW, cast.sdr).result
    assert result is not None
    assert result["inflation"]["flagged"]
    # Then nobody is told; and the KPI, when it is computed, tells
    assert told() == []
    computed(asked(), NOW)
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("sizes", "why_not"),
    [
        (((400, 120), (400, 84)), "volume did not rise"),
        (((400, 84), (600, 180)), "the rate did not fall"),
        (((40, 12), (60, 15)), "the fall may be chance"),
        (((10, 9), (600, 100)), "not enough mature leads"),
        (((0, 0), (600, 100)), "not enough mature leads"),
    ],
)
def test_without_inflation_nobody_is_told(
    watched: EditionInForce, cast: SimpleNamespace, sizes: tuple[tuple[int, int], ...], why_not: str
) -> None:
    for name, (size, converted) in zip(("2026-07", "2026-08"), sizes, strict=True):
        month(name, size, converted, watched)
    result = computed(asked(), NOW).result
    assert result is not None
    assert (result["inflation"]["flagged"], result["inflation"]["why_not"]) == (False, why_not)
    assert told() == []


def test_months_that_are_not_mature_are_not_compared(inflated: EditionInForce) -> None:
    """The day before August is mature, June and July are compared; August is told of when it can be."""
    early = datetime.fromisoformat("2026-09-29T10:00+00:00")
    result = computed(asked(), early).result
    assert result is not None
    assert result["inflation"]["months"] == ["2026-06", "2026-07"]
    assert told() == []
    computed(asked(), early + 2 * DAY)
    assert {item.dedupe_key.split(":")[1] for item in told()} == {"2026-08"}


def test_a_question_about_the_past_tells_nobody(inflated: EditionInForce) -> None:
    result = computed(asked(as_of=NOW - DAY), NOW).result
    assert result is not None
    assert result["inflation"]["flagged"]
    assert told() == []


@pytest.mark.parametrize(
    "other", [{"by": "total"}, {"window_days": None}, {"to_stage": "sal"}, {"since": "2026-08-01"}]
)
def test_other_questions_say_nothing_of_it(inflated: EditionInForce, other: dict[str, Any]) -> None:
    asked_for = {"from_stage": "mql", "to_stage": "sql", "window_days": WINDOW, "by": "month"} | other
    result = compute_now(ReportKind.CONVERSION, ConversionParameters.model_validate(asked_for), NOW)
    assert "inflation" not in result


def test_it_is_computed_with_the_overview_and_stands_there(
    inflated: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given the periodic computation of the KPIs
    later = NOW + 30 * DAY
    assert refresh_kpis(later) > 0
    for run in ReportRun.objects.all():
        compute(run.pk, now=later)
    client.force_login(cast.cmo)
    page = " ".join(client.get("/reports/").content.decode().split())
    assert "MQL inflation" in page
    run = ReportRun.objects.get(parameters__from_stage="mql", parameters__to_stage="sql")
    assert run.result is not None
    assert run.result["inflation"]["months"] == ["2026-08", "2026-09"]
    shown = " ".join(client.get(f"/reports/conversion/{run.pk}/").content.decode().split())
    assert run.result["inflation"]["words"] in shown.replace("&gt;", ">")
    assert "Aug 2026" in shown


def test_what_was_voided_or_recorded_since_changes_nothing(inflated: EditionInForce) -> None:
    before = computed(asked(as_of=NOW), NOW).result
    entry = StageEntry.objects.filter(to_stage="mql", verdict__groups__isnull=False).first()
    assert entry is not None
    StageEntry.objects.create(
        lead_id=entry.lead_id, pass_number=1, to_stage="mql", occurred_at=NOW + DAY, recorded_at=NOW + DAY,
        origin="person", actor_name="RevOps", edition_id=entry.edition_id, voids=entry,
    )  # fmt: skip
    month("2026-08", 0, 0, inflated)
    assert computed(asked(as_of=NOW), NOW + 2 * DAY).result == before


@given(days=st.integers(0, 2000), window=st.integers(1, 120), hour=st.integers(0, 23))
def test_every_lead_of_both_months_is_mature_and_no_later_month_is(days: int, window: int, hour: int) -> None:
    as_of = NOW + timedelta(days=days, hours=hour)
    rule = asked(window_days=window).rule(as_of, "Europe/London")
    pair = mature_pair(rule)
    assert isinstance(pair, Pair)
    end = month_bounds(pair.later, rule)[1]
    wait = timedelta(days=window)
    assert month_bounds(pair.earlier, rule)[1] == month_bounds(pair.later, rule)[0]
    assert end.astimezone(UTC) + wait <= as_of
    assert month_bounds(end.date(), rule)[1].astimezone(UTC) + wait > as_of


def test_a_rule_without_a_window_has_no_pair() -> None:
    rule: ConversionRule = asked(window_days=None).rule(NOW, "UTC")
    assert mature_pair(rule) is None
