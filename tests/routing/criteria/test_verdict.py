"""The verdict: whether a gate opens, what it rests on, and in words what is lacking."""

import json
from datetime import date
from typing import Any

import pytest

from glossary.engine.conditions import Gate
from glossary.engine.fields import DERIVED_FIELDS, ContractField, FieldType
from routing.engine.evaluate import Answer, BehaviourFact, Facts, Verdict, evaluate
from tests.support import NOW

FIELDS = {
    **DERIVED_FIELDS,
    "email": ContractField(key="email", label="E-mail", type=FieldType.EMAIL),
    "country": ContractField(key="country", label="Country", type=FieldType.COUNTRY),
}
GATE = Gate.model_validate(
    {
        "all": [
            {"any": [{"kind": "firmographic", "field": "icp_grade", "op": "in", "value": ["A", "B"]}]},
            {
                "any": [
                    {"kind": "behaviour", "field": "intent_score", "op": "at_least", "threshold": "mql"},
                    {"kind": "trigger", "behaviour": "demo_request", "within_days": 30},
                ]
            },
        ],
        "none": [{"kind": "disqualifier", "field": "email_domain", "op": "is_free_mail"}],
        "confirm": [{"key": "need", "label": "A need"}, {"key": "notes", "label": "Notes", "needs": "note"}],
    }
)
GOOD = {
    "icp_grade": "A",
    "intent_score": 12.0,
    "email_domain": "acme.com",
    "email": "x@acme.com",
    "country": "GB",
}
DEMO = BehaviourFact("demo_request", NOW, NOW)
GIVEN = {"need": True, "notes": "Wants to replace spreadsheets"}


def judged(values: dict[str, Any], given: dict[str, Any] | None = None) -> Verdict:
    facts = Facts({**GOOD, **values}, [DEMO], {"icp_grade": (NOW, "scoring")})
    return evaluate(
        GATE, facts, now=NOW, fields=FIELDS, thresholds={"mql": 65},
        given=GIVEN if given is None else given, required=["email", "country"],
    )  # fmt: skip


def test_all_evidence_opens_the_gate() -> None:
    verdict = judged({})
    assert (verdict.holds, verdict.answer, verdict.lacking()) == (True, Answer.MET, [])


LACKING: list[tuple[dict[str, Any], dict[str, Any] | None, Answer, str]] = [
    ({"icp_grade": "D"}, None, Answer.NOT_MET, "ICP grade is A or B: it is D"),
    ({"icp_grade": ""}, None, Answer.UNKNOWN, "ICP grade is A or B: not known"),
    (
        {"email_domain": "gmail.com"},
        None,
        Answer.NOT_MET,
        "Ruled out: E-mail domain is a free-mail provider (it is gmail.com)",
    ),
    ({"country": None}, None, Answer.UNKNOWN, "Country is not known"),
    (
        {"country": "England"},
        None,
        Answer.NOT_MET,
        "Country is not valid: 'England' is not a two-letter country code; save it again as 'GB'",
    ),
    ({"email_status": "invalid"}, None, Answer.NOT_MET, "E-mail is not valid: mail to x@acme.com came back"),
    ({}, {"notes": "x"}, Answer.UNKNOWN, "To be confirmed: A need"),
    ({}, {"need": True, "notes": "  "}, Answer.UNKNOWN, "To be confirmed: Notes (with a note)"),
    ({}, {"need": True, "notes": True}, Answer.UNKNOWN, "To be confirmed: Notes (with a note)"),
]


@pytest.mark.parametrize(("values", "given", "answer", "line"), LACKING)
def test_one_gap_keeps_the_gate_shut_and_is_named(
    values: dict[str, Any], given: dict[str, Any] | None, answer: Answer, line: str
) -> None:
    verdict = judged(values, given)
    assert not verdict.holds
    assert verdict.lacking() == [line]
    assert verdict.answer is answer


def test_a_group_of_alternatives_says_what_each_would_take() -> None:
    facts = Facts(GOOD)
    verdict = evaluate(GATE, facts, now=NOW, fields=FIELDS, thresholds={"mql": 65}, given=GIVEN)
    line = (
        "One of these: Intent score is at least 65 (threshold mql) (it is 12); Demo request "
        "in the last 30 days (seen 0 times)"
    )
    assert verdict.lacking() == [line]


@pytest.mark.parametrize(
    ("needs", "evidence", "given"),
    [
        ("nothing", True, True),
        ("nothing", False, False),
        ("date", "2026-12-01", True),
        ("date", date(2026, 12, 1), True),
        ("date", "soon", False),
        ("meeting", NOW, True),
        ("meeting", True, False),
        ("meeting", None, False),
    ],
)
def test_a_confirmation_needs_its_evidence(needs: str, evidence: object, given: bool) -> None:
    gate = Gate.model_validate({"confirm": [{"key": "k", "label": "L", "needs": needs}]})
    verdict = evaluate(gate, Facts({}), now=NOW, fields={}, thresholds={}, given={"k": evidence})
    assert verdict.holds is given


def test_the_verdict_is_stored_as_json_with_the_evidence_of_the_day() -> None:
    # Given a verdict with a known value, its record, a behaviour and a date as evidence
    stored = json.loads(json.dumps(judged({"renewal": date(2026, 1, 1)}).as_json()))
    # Then each criterion keeps words, kind, answer, the value seen, when and from where it was recorded
    assert stored["groups"][0]["any"][0] == {
        "words": "ICP grade is A or B",
        "kind": "firmographic",
        "answer": "met",
        "seen": "A",
        "recorded_at": NOW.isoformat(),
        "recorded_from": "scoring",
        "about": "icp_grade",
    }
    assert stored["groups"][1]["any"][1]["seen"] == 1
    assert stored["confirmations"][1]["evidence"] == "Wants to replace spreadsheets"
    assert stored["holds"] is True
