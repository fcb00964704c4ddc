"""Which stages a change touches, what judging them reads, and what of it has no history."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from routing.engine.replay.definition import Definition, stages_touched
from routing.engine.replay.unlogged import fields_without_history

Data = dict[str, Any]


@pytest.fixture
def side(playbook: EditionInForce) -> Definition:
    return Definition(playbook.document(GlossaryDocument), playbook.document(ScoringDocument))


def glossary(side: Definition, change: Callable[[Data], None]) -> Definition:
    data = side.glossary.model_dump(by_alias=True)
    change(data)
    return dataclasses.replace(side, glossary=GlossaryDocument.model_validate(data))


def scoring(side: Definition, change: Callable[[Data], None]) -> Definition:
    data = side.scoring.model_dump()
    change(data)
    return dataclasses.replace(side, scoring=ScoringDocument.model_validate(data))


def stage(data: Data, key: str) -> Data:
    found: Data = next(item for item in data["stages"] if item["key"] == key)
    return found


def test_words_touch_no_gate(side: Definition) -> None:
    # Given a change of a definition's prose, of a name, and of an exit
    def reworded(data: Data) -> None:
        stage(data, "mql").update(definition="Other words.", name="Marketing lead", exit="Elsewhere.")

    assert stages_touched(side, glossary(side, reworded)) == []


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (lambda data: data["thresholds"].update(mql=50), ["mql"]),
        (lambda data: data["intent"][0].update(points=35), ["mql"]),
        (lambda data: data["group_caps"].update(web=20), ["mql"]),
        (lambda data: data.update(fit=data["fit"][:1]), ["mql"]),
        (lambda data: data["thresholds"].update(hot=90), []),
        (lambda data: data.update(triggers=["webinar"]), []),
    ],
    ids=["threshold", "points", "group cap", "tier", "a threshold that no gate names", "triggers' names"],
)
def test_scores_touch_the_gates_that_ask_for_them(
    side: Definition, change: Callable[[Data], None], touched: list[str]
) -> None:
    assert stages_touched(side, scoring(side, change)) == touched


def test_required_fields_and_their_contract_touch_the_gate(side: Definition) -> None:
    # Given a field that becomes required, and one whose list gets shorter
    def asks_more(data: Data) -> None:
        stage(data, "lead")["required_fields"] = [*stage(data, "lead")["required_fields"], "industry"]

    def gone(data: Data) -> None:
        data["stages"] = [item for item in data["stages"] if item["key"] != "sal"]
        data["moves"] = [m for m in data["moves"] if "sal" not in {m["from"], m["to"]}]

    # Then the stage that asks for it is touched, and a stage that is dropped as well
    assert stages_touched(side, glossary(side, asks_more)) == ["lead"]
    assert stages_touched(side, glossary(side, gone)) == ["sal"]
    assert stages_touched(glossary(side, gone), side) == ["sal"]


def test_what_is_read_comes_from_gates_tiers_rules_and_required_fields(side: Definition) -> None:
    reads = side.reads(["mql"])
    assert {"industry", "employees", "region", "email", "email_status", "email_domain"} <= reads.fields
    assert not {"icp_grade", "intent_score"} & reads.fields
    assert {"webinar", "demo_request", "contact_sales", "email_click"} <= reads.behaviours
    # A gate that asks for no score reads no behaviour
    assert side.reads(["sal"]).behaviours == frozenset()


def test_a_field_without_a_log_is_named(side: Definition) -> None:
    # Given a gate that asks for the territory, which no log keeps
    def by_territory(data: Data) -> None:
        gate = stage(data, "mql")["entry"]
        found = {"kind": "firmographic", "field": "territory", "op": "is", "value": "emea"}
        gate["all"] = [*gate["all"], {"any": [found]}]

    assert fields_without_history([side], ["mql", "sal"]) == []
    assert fields_without_history([side, glossary(side, by_territory)], ["mql"]) == ["Territory"]
