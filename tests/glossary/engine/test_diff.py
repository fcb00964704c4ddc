"""The diff: everything that differs shows, once, under its own name, in words, with a grade."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary import registry
from glossary.engine.diff import Difference, Grade, diff
from glossary.engine.seal import canonical_json
from tests.glossary.amending import Change, amended, stage
from tests.glossary.engine.playbook_edits import WORKSTREAMS, beside, data, edited, playbook

CHEAP = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def differences(workstream: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[Difference, ...]:
    was, now = registry.parse(workstream, old), registry.parse(workstream, new)
    return diff(was, now, before=beside(was), after=beside(now))


def changes(workstream: str, change: Change) -> dict[tuple[str, str], Difference]:
    """What the diff of a changed playbook document shows, by item and aspect."""
    old = playbook()[workstream]
    new = amended(old, workstream, change)
    found = diff(old, new, before=beside(old), after=beside(new))
    return {(item.item, item.aspect): item for item in found}


@CHEAP
@given(st.data())
def test_whatever_changes_shows_and_nothing_else(draw: st.DataObject) -> None:
    # Given two documents of one workstream
    workstream = draw.draw(st.sampled_from(WORKSTREAMS))
    old, new = (draw.draw(edited(workstream)) for _ in range(2))
    # When they are compared
    found = differences(workstream, old, new)
    # Then there are differences exactly when the contents differ, one per item and aspect
    assert bool(found) == (canonical_json(old) != canonical_json(new))
    assert len({(item.item, item.aspect) for item in found}) == len(found)
    assert all(item.old or item.new for item in found)
    # And an item is the same from the other side
    back = {(item.item, item.aspect) for item in differences(workstream, new, old)}
    assert back == {(item.item, item.aspect) for item in found}


@pytest.mark.parametrize("workstream", WORKSTREAMS)
def test_a_document_does_not_differ_from_itself(workstream: str) -> None:
    assert differences(workstream, data(workstream), data(workstream)) == ()


def test_documents_of_two_workstreams_are_refused() -> None:
    documents = playbook()
    with pytest.raises(ValueError, match="GlossaryDocument and a ScoringDocument cannot be compared"):
        diff(documents["glossary"], documents["scoring"], before=beside(documents["glossary"]), after=beside(documents["scoring"]))  # fmt: skip # noqa: E501


def test_a_stage_shows_each_side_on_its_own() -> None:
    def change(document: dict[str, Any]) -> None:
        mql = stage(document, "mql")
        mql["name"] = "Qualified by Marketing"
        mql["definition"] = "A better text."
        mql["required_fields"] += ["company"]
        mql["owner_roles"] = ["revops", "gtm"]
        mql["entry"]["all"][0]["any"][0]["value"] = ["A"]

    # When a stage is changed in five ways
    found = changes("glossary", change)
    # Then each has its row, in words, with its grade
    assert {key[0] for key in found} == {"stages.mql"}
    assert {item.label for item in found.values()} == {"Qualified by Marketing"}
    assert {key[1]: item.grade for key, item in found.items()} == {
        "Name": Grade.WORDING,
        "Definition": Grade.WORDING,
        "Owner roles": Grade.STRUCTURE,
        "Entry criteria": Grade.TIGHTENED,
        "Required fields": Grade.TIGHTENED,
    }
    assert found["stages.mql", "Owner roles"].old == ("Marketing Ops", "RevOps")
    assert found["stages.mql", "Owner roles"].new == ("RevOps", "GTM leaders")
    assert found["stages.mql", "Required fields"].new[-1] == "Company"
    entry = found["stages.mql", "Entry criteria"]
    assert set(entry.old) - set(entry.new) == {"ICP grade is A or B"}
    assert set(entry.new) - set(entry.old) == {"ICP grade is A"}


def test_moves_open_and_close_ways() -> None:
    def change(document: dict[str, Any]) -> None:
        document["moves"] = [move for move in document["moves"] if move["to"] != "lost"]
        document["moves"].append({"from": "won", "to": "recycled", "by": ["revops"]})
        document["moves"][0]["by"] = ["owner", "system"]
        document["moves"][2]["by"] = ["manager"]

    found = changes("glossary", change)
    assert {key: (item.kind, item.grade) for key, item in found.items()} == {
        ("moves.inquiry→lead", "Who may move"): ("changed", Grade.LOOSENED),
        ("moves.mql→sal", "Who may move"): ("changed", Grade.TIGHTENED),
        ("moves.opportunity→lost", ""): ("removed", Grade.TIGHTENED),
        ("moves.won→recycled", ""): ("added", Grade.LOOSENED),
    }
    removed = found["moves.opportunity→lost", ""]
    assert (removed.label, removed.new) == ("Opportunity → Lost", ())
    assert removed.old == ("From: Opportunity", "To: Lost", "Who may move: the owner")
    assert found["moves.mql→sal", "Who may move"].old == ("the owner", "the owner's manager")


def test_order_matters_and_shows_on_the_list() -> None:
    found = changes("scoring", lambda document: document["fit"].reverse())
    assert list(found) == [("fit.order", "Order")]
    moved = found["fit.order", "Order"]
    assert (moved.kind, moved.grade, moved.label) == ("moved", Grade.STRUCTURE, "ICP grades")
    assert moved.new == ("ICP grade C", "ICP grade B", "ICP grade A")


def test_mappings_scalars_and_objects_have_rows_of_their_own() -> None:
    def change(document: dict[str, Any]) -> None:
        document["thresholds"] |= {"mql": 70, "name": 80}
        document["group_caps"]["web"] = 45
        document["total_cap"] = 120
        del document["triggers"][0]

    found = changes("scoring", change)
    assert {key[0]: (item.label, item.kind, item.old, item.new) for key, item in found.items()} == {
        "group_caps.web": ("Cap of the group web", "changed", ("40",), ("45",)),
        "total_cap": ("Total cap", "changed", ("100",), ("120",)),
        "thresholds.mql": ("Threshold mql", "changed", ("65",), ("70",)),
        "thresholds.name": ("Threshold name", "added", (), ("80",)),
        "triggers": ("Triggers", "changed", ("demo request", "contact sales"), ("contact sales",)),
    }
    assert {item.grade for item in found.values()} == {Grade.STRUCTURE}


def test_objects_show_the_sides_that_changed() -> None:
    found = changes("charter", lambda document: document["emergency"].update(people=3))
    assert [(item.item, item.label, item.aspect, item.new) for item in found.values()] == [
        ("emergency", "Emergency", "People", ("3",))
    ]


def test_keys_are_told_by_their_names() -> None:
    def change(document: dict[str, Any]) -> None:
        document["sla"][1]["to"] = "sal"
        document["territories"][0]["queue"] = "emea_ae"
        document["sla"][1]["ladder"].pop()

    found = changes("routing", change)
    assert found["sla.first_touch", "To"].new == ("Sales Accepted Lead",)
    assert found["territories.emea", "Queue"].old == ("SDR EMEA",)
    assert found["sla.first_touch", "Ladder"].old == ("At 100, tell manager", "At 200, do reroute")
    raci = changes("charter", lambda document: document["raci"][1].update(accountable=["cro"]))
    line = raci["raci.glossary", "Accountable"]
    assert (line.label, line.old, line.new) == ("RACI of Glossary & data contract", ("CRO", "CMO"), ("CRO",))


def test_thresholds_in_words_are_those_of_each_side() -> None:
    # Given a criterion by a threshold that changes with it
    old = playbook()["glossary"]
    new = amended(old, "glossary", lambda d: stage(d, "mql")["entry"]["none"].clear())
    scoring = amended(playbook()["scoring"], "scoring", lambda d: d["thresholds"].update(mql=60))
    after = beside(new)
    after = type(after)([*after, scoring])
    # When both are compared, Then each side shows its own number and the grade knows both
    (entry,) = diff(old, new, before=beside(old), after=after)
    assert "at least 65 (threshold mql)" in entry.old[1]
    assert "at least 60 (threshold mql)" in entry.new[1]
    assert entry.grade is Grade.LOOSENED


def test_the_owning_app_may_grade_for_itself() -> None:
    asked = []

    def grader(path: tuple[str, ...], old: object, new: object, documents: object) -> Grade | None:
        asked.append((path, old, new))
        return Grade.TIGHTENED if path[-1] == "target" else None

    def change(document: dict[str, Any]) -> None:
        document["sla"][1]["target"] = "30 minutes"
        document["queues"] = [queue for queue in document["queues"] if queue["key"] != "enrichment"]

    old = playbook()["routing"]
    new = amended(old, "routing", change)
    found = diff(old, new, before=beside(old), after=beside(new), grader=grader)
    assert [item.grade for item in found] == [Grade.STRUCTURE, Grade.TIGHTENED]
    assert asked[1] == (("sla", "first_touch", "target"), "1 business hour", "30 minutes")
    assert asked[0][0] == ("queues", "enrichment")
    assert asked[0][2] is None
