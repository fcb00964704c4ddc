"""Who is counted, as of when each is judged, and what comes out; on the log in the database."""

from datetime import date, timedelta
from typing import Any

import pytest

from glossary.types import EditionInForce
from reporting.choices import RunState
from reporting.models import ReportRun
from routing.choices import Origin
from routing.models import Behaviour, Lead, LeadChange, StageEntry
from tests.glossary.amending import publish_change
from tests.reporting.log import DAY_0, enter, new_lead, on_day, void
from tests.reporting.win_loss.decided import MQL_DAY, NOW, acts, checked, decided, line, result_of

pytestmark = pytest.mark.django_db
DEMO = "Demo request in the last 30 days"


def counts(run: ReportRun, words: str) -> tuple[int, ...]:
    row = line(run, words)
    return tuple(row[name] for name in ("won_met", "won_not_met", "lost_met", "lost_not_met"))


def test_the_worked_case(playbook: EditionInForce) -> None:
    # Given 120 leads that asked for a demo, 48 of them won, and 210 that did not, 40 of them won
    decided(playbook, 48, 72, "demo_request", consent="granted")
    decided(playbook, 40, 170, consent="granted")

    run = checked()

    row = line(run, DEMO)
    assert counts(run, DEMO) == (48, 40, 72, 170)
    assert row["ratio_words"] == "2.10 times as often [1.47–2.99]"
    assert (row["met_in_won"], row["met_in_lost"]) == ("54.55", "29.75")
    assert row["clear"]
    assert row["more"]
    result = result_of(run)
    assert (result["total"]["won"], result["total"]["lost"]) == (88, 242)
    assert result["sentence"].startswith(
        "330 leads were decided from 1 Oct 2025 to 31 Mar 2026: 88 won (26.7 %), 242 lost."
    )
    assert "Demo request" in result["sentence"]
    assert "was won" not in line(run, "Consent is granted")["words"]
    assert line(run, "Consent is granted")["finding"] == "almost nobody lacks it"
    assert (result["definitions"]["words"], result["judged_at"]["key"]) == (
        "glossary version 1, scoring version 1",
        "mql",
    )


def test_lines_stand_in_the_order_of_their_evidence(playbook: EditionInForce) -> None:
    decided(playbook, 40, 20, "demo_request")
    decided(playbook, 30, 25, "webinar")
    decided(playbook, 20, 60)

    rows = result_of(checked())["rows"]

    strengths = [abs(row["z"]) for row in rows if row["z"] is not None]
    assert strengths == sorted(strengths, reverse=True)
    assert [row["z"] is None for row in rows] == sorted(row["z"] is None for row in rows)
    assert rows[0]["label"].startswith("Demo request")


def test_what_separates_stands_before_what_does_not(playbook: EditionInForce) -> None:
    # Given a line whose few leads give a large z, and yet an interval with 1 in it
    decided(playbook, 1, 19, "contact_sales")
    decided(playbook, 25, 45, "demo_request")
    decided(playbook, 15, 45)
    # When they are compared
    result = result_of(checked())
    rows = [row for row in result["rows"] if row["z"] is not None]
    # Then it stands behind those that are clear, and these have the first word
    clear = [row["clear"] for row in rows]
    assert clear == sorted(clear, reverse=True)
    assert abs(rows[clear.index(False)]["z"]) > abs(rows[0]["z"])
    assert f"The strongest: “{rows[0]['label']}”." in result["sentence"]


def test_leads_are_judged_by_what_was_known_when_they_became_mql(playbook: EditionInForce) -> None:
    # Given leads that asked for a demo after they were MQL, and whose industry was corrected later
    leads = decided(playbook, 20, 20, industry="software")
    Behaviour.objects.bulk_create(acts(leads, ["demo_request"], MQL_DAY + 1))
    late = on_day(MQL_DAY + 2)
    LeadChange.objects.bulk_create(
        LeadChange(
            lead=lead,
            field="industry",
            before="education",
            after="software",
            cause="enrich",
            actor_name="x",
            occurred_at=late,
            recorded_at=late,
        )
        for lead in leads
    )

    run = checked(field="industry")

    assert counts(run, DEMO) == (0, 20, 0, 20)
    assert counts(run, "Industry is education or public_sector") == (20, 0, 20, 0)
    assert counts(run, "Industry is education") == (20, 0, 20, 0)


def test_scores_are_those_of_the_moment(playbook: EditionInForce) -> None:
    fits = {"industry": "software", "employees": 500, "region": "emea"}
    leads = decided(playbook, 1, 1, "demo_request", "trial_signup", **fits)
    # What the columns say today is another matter.
    Lead.objects.filter(pk__in=[lead.pk for lead in leads]).update(icp_grade="D", intent_score=0)

    run = checked(field="icp_grade")

    assert counts(run, "Intent score is at least 65 (threshold mql)") == (1, 0, 1, 0)
    assert counts(run, "ICP grade is A or B") == (1, 0, 1, 0)
    assert counts(run, "ICP grade is A") == (1, 0, 1, 0)


def test_who_passed_mql_is_judged_at_the_next_stage(playbook: EditionInForce) -> None:
    lead = new_lead()
    enter(lead, "opportunity", 25, playbook)
    enter(lead, "sql", 20, playbook)
    enter(lead, "won", 40, playbook)
    Behaviour.objects.bulk_create([*acts([lead], ["webinar"], 19), *acts([lead], ["whitepaper"], 21)])

    run = checked()

    assert counts(run, "Webinar at least once") == (1, 0, 0, 0)
    assert counts(run, "Whitepaper at least once") == (0, 1, 0, 0)


def test_who_has_no_stage_behind_is_told_apart(playbook: EditionInForce) -> None:
    decided(playbook, 1, 1)
    alone = new_lead()
    enter(alone, "won", 40, playbook)
    after = new_lead()
    enter(after, "lost", 40, playbook)
    enter(after, "mql", 41, playbook)

    result = result_of(checked())

    assert (result["total"]["won"], result["total"]["lost"], result["total"]["unjudged"]) == (1, 1, 2)
    assert any("Not judged: 2 leads are without" in note for note in result["notes"])


def test_the_first_outcome_counts_voided_ones_do_not(playbook: EditionInForce) -> None:
    lost_then_won = new_lead()
    for stage, day in (("mql", 5), ("lost", 20), ("won", 60)):
        enter(lost_then_won, stage, day, playbook)
    mistaken = new_lead()
    enter(mistaken, "mql", 5, playbook)
    void(enter(mistaken, "lost", 20, playbook), 21)
    enter(mistaken, "won", 30, playbook)

    total = result_of(checked())["total"]

    assert (total["won"], total["lost"]) == (1, 1)


def test_only_outcomes_of_the_period_count(playbook: EditionInForce) -> None:
    for day in (20, 84, 86, 120):
        lead = new_lead()
        enter(lead, "mql", 5, playbook)
        enter(lead, "won", day, playbook)

    def won(**asked: Any) -> int:
        return int(result_of(checked(**asked))["total"]["won"])

    assert won() == 2
    assert won(since=date(2026, 4, 1)) == 2
    assert won(since=date(2026, 3, 31), until=date(2026, 4, 1)) == 1
    assert won(until=date(2026, 12, 31)) == 4
    assert won(as_of=on_day(84) + timedelta(hours=1)) == 0


def test_a_later_void_changes_no_report_of_before(playbook: EditionInForce) -> None:
    lead = new_lead()
    enter(lead, "mql", 5, playbook)
    outcome = enter(lead, "won", 40, playbook)
    before = result_of(checked(as_of=on_day(100)))
    void(outcome, 110)

    assert result_of(checked(as_of=on_day(100), now=on_day(140))) == before
    assert result_of(checked(as_of=on_day(120), now=on_day(140)))["total"]["won"] == 0


def test_a_merged_lead_counts_once_with_what_both_did(playbook: EditionInForce) -> None:
    survivor, other = decided(playbook, 2, 0)
    at = on_day(7)
    Behaviour.objects.create(
        lead=other, name="webinar", occurred_at=on_day(6), recorded_at=on_day(6), properties={}
    )
    Lead.objects.filter(pk=other.pk).update(merged_into=survivor, merged_at=at)

    run = checked()

    assert result_of(run)["total"]["won"] == 1
    assert counts(run, "Webinar at least once") == (1, 0, 0, 0)


def test_imported_history_is_judged_by_what_the_import_recorded(playbook: EditionInForce) -> None:
    lead = Lead.objects.create(
        captured_at=DAY_0, recorded_at=on_day(100), is_imported=True, industry="software"
    )
    for stage, day in (("mql", 0), ("won", 0)):
        StageEntry.objects.create(
            lead=lead,
            to_stage=stage,
            pass_number=1,
            occurred_at=on_day(day).replace(hour=0),
            date_only=True,
            recorded_at=on_day(100),
            origin=Origin.IMPORT,
            actor_name="import",
        )

    run = checked(field="industry")

    assert counts(run, "Industry is software") == (1, 0, 0, 0)
    assert any("Imported history: 1 lead is" in note for note in result_of(run)["notes"])


def test_unknown_stands_apart_but_is_the_other_side_of_is_known(playbook: EditionInForce) -> None:
    decided(playbook, 3, 2, company="Acme")
    decided(playbook, 1, 4)

    run = checked()

    consent = line(run, "Consent is granted")
    assert (consent["won_unknown"], consent["lost_unknown"], consent["met"]) == (4, 6, 0)
    assert consent["finding"] == "not known"
    assert counts(run, "Company is known") == (3, 1, 2, 4)


def test_without_a_loss_there_is_nothing_to_compare(playbook: EditionInForce) -> None:
    decided(playbook, 30, 0, "demo_request")
    decided(playbook, 30, 0)

    result = result_of(checked())

    assert "None was lost, so there is nothing to compare" in result["sentence"]
    assert {row["ratio"] for row in result["rows"]} == {None}


def test_without_decided_leads_it_says_so(playbook: EditionInForce) -> None:
    assert "No lead was won or lost" in result_of(checked())["sentence"]


def test_values_of_a_number_are_cut_at_quartiles(playbook: EditionInForce) -> None:
    for employees in (10, 20, 30, 40):
        decided(playbook, employees // 10, 5, employees=employees)

    run = checked(field="employees")

    values = [row for row in result_of(run)["rows"] if row["group"] == "value"]
    # Of 30 decided leads the 8th, the 15th and the 23rd.
    assert {row["label"] for row in values} == {f"Employees is at least {cut}" for cut in (20, 30, 40)}
    assert counts(run, "Employees is at least 30") == (7, 3, 10, 10)


def test_at_most_ten_values_the_most_frequent_ones(playbook: EditionInForce) -> None:
    for number in range(12):
        decided(playbook, 1, 1 + number, source=f"source {number:02}")

    rows = [row for row in result_of(checked(field="source"))["rows"] if row["group"] == "value"]

    assert sorted(row["label"] for row in rows) == [
        f"Source is source {number:02}" for number in range(2, 12)
    ]


def test_a_free_text_that_few_share_is_not_named(playbook: EditionInForce) -> None:
    decided(playbook, 10, 10, campaign="spring")
    decided(playbook, 10, 9, campaign="a visit to Acme")

    rows = [row for row in result_of(checked(field="campaign"))["rows"] if row["group"] == "value"]

    assert [row["label"] for row in rows] == ["Campaign is spring"]


@pytest.mark.parametrize("key", ["amount", "business_segment", "no_such_field"])
def test_a_field_that_cannot_be_compared_fails_the_run_and_says_why(
    playbook: EditionInForce, key: str
) -> None:
    run = checked(field=key)

    assert run.state == RunState.FAILED
    assert f"'{key}'" in run.error
    assert "after the outcome" in run.error or "not in the data contract" in run.error


def test_computed_again_it_is_the_same(playbook: EditionInForce) -> None:
    decided(playbook, 25, 30, "webinar", source="email")
    decided(playbook, 20, 40, source="event")

    first, again = checked(field="source"), checked(field="source", now=NOW + timedelta(hours=1), as_of=NOW)

    left, right = result_of(first), result_of(again)
    assert {**left, "question": None} == {**right, "question": None}


def test_the_criteria_are_those_of_the_edition_that_is_counted_with(playbook: EditionInForce) -> None:
    decided(playbook, 2, 2, employees=30)

    def lower(data: dict[str, object]) -> None:
        tiers = data["fit"]
        assert isinstance(tiers, list)
        tiers[2]["when"]["all"][0]["any"][0]["value"] = 25

    publish_change(playbook, "scoring", lower, now=on_day(120))

    assert counts(checked(), "Employees is at least 25") == (2, 0, 2, 0)
    labels = [row["label"] for row in result_of(checked(as_of=on_day(110)))["rows"]]
    assert "Employees is at least 10" in labels
    assert "Employees is at least 25" not in labels
