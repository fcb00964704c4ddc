"""Cross-checks: what a document names must exist, and every finding says where and how to mend it."""

from typing import Any

import pytest

from glossary import registry
from glossary.exceptions import DocumentRefused
from glossary.services.playbook import read_playbook
from glossary.types import Documents
from routing.engine.columns import COLUMN_TYPES, RESERVED
from routing.models import Lead
from tests.glossary.amending import Change, amended, findings_after, stage


def criterion(key: str, group: int, new: dict[str, Any]) -> Change:
    """Replaces the first criterion of a group of a stage's gate."""

    def change(data: dict[str, Any]) -> None:
        stage(data, key)["entry"]["all"][group]["any"][0] = new

    return change


def tier(new: dict[str, Any]) -> Change:
    """Replaces the first criterion of grade A."""

    def change(data: dict[str, Any]) -> None:
        data["fit"][0]["when"]["all"][0]["any"][0] = new

    return change


def item(part: str, number: int, **values: object) -> Change:
    """Sets values of one item of a list."""

    def change(data: dict[str, Any]) -> None:
        data[part][number].update(values)

    return change


def field(**values: object) -> Change:
    """Adds a field to the data contract."""

    def change(data: dict[str, Any]) -> None:
        data["fields"].append({"key": "extra", "label": "Extra", "type": "text", **values})

    return change


def in_stage(key: str, **values: object) -> Change:
    """Sets values of a stage."""

    def change(data: dict[str, Any]) -> None:
        stage(data, key).update(values)

    return change


def firm(name: str, op: str, value: object = None) -> dict[str, Any]:
    """A firmographic criterion."""
    return {"kind": "firmographic", "field": name, "op": op, "value": value}


CASES: dict[str, tuple[str, Change, str, str]] = {
    "unknown role": ("charter", item("raci", 0, informed=["cfo"]), "charter.raci.charter", "no role 'cfo'"),
    "workstream without RACI": (
        "charter",
        lambda data: data["raci"].pop(),
        "charter.raci",
        "'reporting' has no line",
    ),
    "validator of a stranger": (
        "charter",
        lambda data: data["validate"].update(workstreams=["sales"]),
        "charter.validate",
        "no workstream 'sales'",
    ),
    "unknown reviewer": (
        "charter",
        item("rhythm", 0, owners=["ops"]),
        "charter.rhythm.week",
        "no role 'ops'",
    ),
    "unknown owner role": (
        "glossary",
        in_stage("mql", owner_roles=["x"]),
        "glossary.stages.mql",
        "no role 'x'",
    ),
    "unknown field": (
        "glossary",
        criterion("mql", 0, firm("icp", "is", "A")),
        "glossary.stages.mql.entry",
        "'icp' is not in the data contract",
    ),
    "operator of another type": (
        "glossary",
        criterion("mql", 0, firm("icp_grade", "at_least", 2)),
        "glossary.stages.mql.entry",
        "a choice field cannot be compared like that",
    ),
    "value that is no choice": (
        "glossary",
        criterion("mql", 0, firm("icp_grade", "in", ["A", "E"])),
        "glossary.stages.mql.entry",
        "'E': it is not among the values",
    ),
    "value that is an alias": (
        "glossary",
        criterion("lead", 0, firm("region", "is", "Europe")),
        "glossary.stages.lead.entry",
        "another spelling of 'emea'",
    ),
    "no country": (
        "glossary",
        criterion("lead", 0, firm("country", "is", "UK")),
        "glossary.stages.lead.entry",
        "no ISO 3166 country code",
    ),
    "text for a number": (
        "glossary",
        criterion("lead", 0, firm("employees", "is", "many")),
        "glossary.stages.lead.entry",
        "it is not a number",
    ),
    "late field in a gate": (
        "glossary",
        criterion("lead", 0, firm("business_segment", "is_known")),
        "glossary.stages.lead.entry",
        "only known after the outcome",
    ),
    "unknown required field": (
        "glossary",
        in_stage("mql", required_fields=["mail"]),
        "glossary.stages.mql.required_fields",
        "'mail' is not in the data contract",
    ),
    "shared position": ("glossary", in_stage("mql", position=2), "glossary.stages", "share the position 2"),
    "move twice": (
        "glossary",
        lambda data: data["moves"].append(data["moves"][0]),
        "glossary.moves",
        "inquiry → lead is listed twice",
    ),
    "spelling with two meanings": (
        "glossary",
        field(type="choice", values=["a", "b"], aliases={"X": "a", "x": "b"}),
        "glossary.fields.extra",
        "leads to 'a' and to 'b'",
    ),
    "name of the system": ("glossary", field(key="queue"), "glossary.fields.queue", "belongs to the system"),
    "no such column": ("glossary", field(store="column"), "glossary.fields.extra", "no such column"),
    "threshold that scoring lacks": (
        "scoring",
        lambda data: data.update(thresholds={"sql": 5}),
        "glossary.stages.mql.entry",
        "no threshold 'mql'",
    ),
    "trigger that scoring drops": (
        "scoring",
        lambda data: data.update(triggers=["contact_sales"]),
        "glossary.stages.mql.entry",
        "'demo_request' is no trigger",
    ),
    "behaviour nobody scores": (
        "glossary",
        criterion("mql", 2, {"kind": "behaviour", "behaviour": "demo_requst"}),
        "glossary.stages.mql.entry",
        "no behaviour 'demo_requst'",
    ),
    "grade out of a grade": (
        "scoring",
        tier(firm("icp_grade", "is", "A")),
        "scoring.fit.A",
        "comes out of scoring",
    ),
    "late field in scoring": (
        "scoring",
        tier(firm("declared_monthly_revenue", "at_least", 1)),
        "scoring.fit.A",
        "only known after the outcome",
    ),
    "territory of no field": (
        "routing",
        lambda data: data["territories"][0]["when"]["all"][0]["any"].append(firm("continent", "is", "EU")),
        "routing.territories.emea",
        "'continent' is not in the data contract",
    ),
    "clock to nowhere": (
        "routing",
        item("sla", 2, to="accepted"),
        "routing.sla.acceptance",
        "'accepted' is neither",
    ),
    "stage of no reason": (
        "dispositions",
        item("reasons", 0, stages=["prospect"]),
        "dispositions.reasons.not_icp",
        "no stage 'prospect'",
    ),
    "reason without its move": (
        "dispositions",
        item("reasons", 0, stages=["won"]),
        "dispositions.reasons.not_icp",
        "no move from won to disqualified",
    ),
    "enrich without a queue": (
        "dispositions",
        item("reasons", 5, action={"do": "enrich"}),
        "dispositions.reasons.wrong_contact",
        "names the queue",
    ),
    "queue that routing lacks": (
        "dispositions",
        item("reasons", 5, action={"do": "enrich", "queue": "desk"}),
        "dispositions.reasons.wrong_contact",
        "no queue 'desk'",
    ),
    "KPI of no stage": (
        "reporting",
        item("kpis", 0, to="known"),
        "reporting.kpis.inquiry_to_lead",
        "no stage 'known'",
    ),
    "KPI to itself": (
        "reporting",
        item("kpis", 0, to="inquiry"),
        "reporting.kpis.inquiry_to_lead",
        "to itself",
    ),
    "no dimension": (
        "reporting",
        lambda data: data.update(dimensions=["colour"]),
        "reporting.dimensions",
        "'colour' is neither",
    ),
    "KPI that a stage names": (
        "reporting",
        lambda data: data.update(kpis=data["kpis"][1:]),
        "glossary.stages.inquiry.kpis",
        "no KPI 'inquiry_to_lead'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_dangling_reference_is_found(case: str) -> None:
    workstream, change, where, words = CASES[case]

    found = findings_after(workstream, change)

    assert any(finding.where.startswith(where) and words in finding.message for finding in found), found


def test_control_the_playbook_has_no_finding() -> None:
    assert registry.check(Documents(read_playbook().values())) == []


def test_outcome_stages_must_exist() -> None:
    def without(data: dict[str, Any]) -> None:
        data["stages"] = [s for s in data["stages"] if s["key"] != "recycled"]
        data["moves"] = [m for m in data["moves"] if "recycled" not in {m["from"], m["to"]}]

    messages = [finding.message for finding in findings_after("glossary", without)]

    assert any("its outcome 'recycled' is no stage" in message for message in messages)


def test_shape_errors_name_place_and_value() -> None:
    def broken(data: dict[str, Any]) -> None:
        data["thresholds"]["mql"] = "many"
        data["colour"] = "red"

    with pytest.raises(DocumentRefused) as refused:
        amended(read_playbook()["scoring"], "scoring", broken)
    places = {finding.where: finding.message for finding in refused.value.findings}
    assert "'many'" in places["scoring.thresholds.mql"]
    assert "scoring.colour" in places


def test_columns_of_the_contract_are_columns_of_leads() -> None:
    columns = {column.name for column in Lead._meta.get_fields()}

    assert COLUMN_TYPES.keys() <= columns
    assert not RESERVED & COLUMN_TYPES.keys()
