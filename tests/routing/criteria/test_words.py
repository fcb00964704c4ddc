"""Every criterion reads as one English line."""

from typing import Any

import pytest

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion, Gate
from glossary.engine.fields import DERIVED_FIELDS, ContractField, FieldType, Op
from glossary.engine.words import criterion_words, gate_words

FIELDS = {
    **DERIVED_FIELDS,
    "country": ContractField(key="country", label="Country", type=FieldType.COUNTRY),
    "renewal": ContractField(key="renewal", label="Renewal", type=FieldType.DATE),
    "opted_in": ContractField(key="opted_in", label="Opted in", type=FieldType.BOOLEAN),
    "employees": ContractField(key="employees", label="Employees", type=FieldType.NUMBER),
}
FIELD_LINES: list[tuple[str, dict[str, Any], str]] = [
    ("icp_grade", {"op": "in", "value": ["A", "B"]}, "ICP grade is A or B"),
    ("icp_grade", {"op": "in", "value": ["A", "B", "C"]}, "ICP grade is A, B or C"),
    ("icp_grade", {"op": "in", "value": ["A"]}, "ICP grade is A"),
    ("icp_grade", {"op": "not_in", "value": ["C", "D"]}, "ICP grade is none of C and D"),
    ("country", {"op": "is", "value": "GB"}, "Country is GB"),
    ("country", {"op": "is_not", "value": "GB"}, "Country is not GB"),
    ("opted_in", {"op": "is", "value": True}, "Opted in is yes"),
    ("intent_score", {"op": "at_least", "threshold": "mql"}, "Intent score is at least 65 (threshold mql)"),
    ("intent_score", {"op": "at_most", "threshold": "x"}, "Intent score is at most the threshold x"),
    ("employees", {"op": "at_least", "value": 50.0}, "Employees is at least 50"),
    ("employees", {"op": "at_most", "value": 12.5}, "Employees is at most 12.5"),
    ("employees", {"op": "between", "value": [1000, 20000]}, "Employees is between 1000 and 20,000"),
    (
        "renewal",
        {"op": "between", "value": ["2026-01-01", "2026-11-22"]},
        "Renewal is between 1 Jan 2026 and 22 Nov 2026",
    ),
    ("renewal", {"op": "before", "value": "2026-11-22"}, "Renewal is before 22 Nov 2026"),
    ("renewal", {"op": "after", "value": "2026-11-02"}, "Renewal is after 2 Nov 2026"),
    ("renewal", {"op": "within_days", "value": 30}, "Renewal is within the last 30 days"),
    ("renewal", {"op": "older_than_days", "value": 1}, "Renewal is 1 day ago or longer"),
    ("email_domain", {"op": "contains", "value": "ac"}, "E-mail domain contains “ac”"),
    ("email_domain", {"op": "starts_with", "value": "ac"}, "E-mail domain starts with “ac”"),
    ("email_domain", {"op": "is_free_mail"}, "E-mail domain is a free-mail provider"),
    ("country", {"op": "is_known"}, "Country is known"),
    ("country", {"op": "is_unknown"}, "Country is not known"),
    ("job_title", {"op": "is_known"}, "Job title is known"),
]


@pytest.mark.parametrize(("field", "rest", "line"), FIELD_LINES, ids=[line for _, _, line in FIELD_LINES])
def test_a_field_criterion_in_words(field: str, rest: dict[str, Any], line: str) -> None:
    criterion = FieldCriterion.model_validate({"kind": "firmographic", "field": field, **rest})
    assert criterion_words(criterion, FIELDS, {"mql": 65.0}) == line


def test_every_operator_has_words() -> None:
    assert {rest["op"] for _, rest, _ in FIELD_LINES} == {op.value for op in Op}


@pytest.mark.parametrize(
    ("rest", "line"),
    [
        ({"within_days": 30}, "Demo request in the last 30 days"),
        ({"at_least": 3, "within_days": 1}, "Demo request at least 3 times in the last day"),
        ({}, "Demo request at least once"),
        ({"where": {"page": "/pricing"}}, "Demo request (page is /pricing) at least once"),
        ({"latest_before_days": 30}, "Demo request at least once, the latest 30 days ago or longer"),
        (
            {"at_least": 2, "within_days": 90, "latest_before_days": 1},
            "Demo request at least 2 times in the last 90 days, the latest 1 day ago or longer",
        ),
    ],
)
def test_a_behaviour_in_words(rest: dict[str, Any], line: str) -> None:
    criterion = BehaviourCriterion.model_validate({"kind": "trigger", "behaviour": "demo_request", **rest})
    assert criterion_words(criterion, FIELDS) == line


def test_a_gate_is_a_list_of_groups_disqualifiers_and_confirmations() -> None:
    # Given a gate with alternatives, a disqualifier and a confirmation
    gate = Gate.model_validate(
        {
            "all": [
                {"any": [{"kind": "firmographic", "field": "icp_grade", "op": "is", "value": "A"}]},
                {
                    "any": [
                        {"kind": "behaviour", "field": "intent_score", "op": "at_least", "value": 65},
                        {"kind": "trigger", "behaviour": "demo_request"},
                    ]
                },
            ],
            "none": [{"kind": "disqualifier", "field": "email_domain", "op": "is_free_mail"}],
            "confirm": [{"key": "notes", "label": "Discovery notes", "needs": "note"}],
        }
    )
    # When it is put in words, Then each part is a line, alternatives are joined with "or"
    assert gate_words(gate, FIELDS) == [
        "ICP grade is A",
        "Intent score is at least 65, or Demo request at least once",
        "not if E-mail domain is a free-mail provider",
        "a rep confirms: Discovery notes (with a note)",
    ]
