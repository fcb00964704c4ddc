"""What would make the rules slow or senseless is refused when it is proposed, and texts are never patterns."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError

from glossary.engine.conditions import Group, When
from glossary.engine.policy_files import read_policy_file
from glossary.models import ChangeRequest
from glossary.types import EditionInForce
from routing.engine.checks import MOST_CRITERIA
from routing.models import Lead
from routing.queries.criteria_sql import where
from tests.glossary.test_policy_command import propose, run
from tests.routing.criteria.strategies import FIELDS
from tests.support import NOW

ONE = "{kind: firmographic, field: employees, op: at_least, value: 5}"


def scoring(*criteria: str) -> str:
    """A scoring file with these criteria as disqualifiers of its first tier."""
    when = f"{{none: [{', '.join(criteria)}]}}"
    return (
        f"workstream: scoring\ndocument: {{fit: [{{grade: A, when: {when}}}], intent: [], thresholds: {{}}}}"
    )


def text_is(op: str, value: str) -> str:
    return f"{{kind: firmographic, field: company, op: {op}, value: '{value}'}}"


REFUSED = [
    ("10,000 conditions", scoring(*[ONE] * 10_000), "10000 criteria; at most 200"),
    ("one more than allowed", scoring(*[ONE] * 201), "201 criteria; at most 200"),
    (
        "10,000 values",
        scoring(f"{{kind: firmographic, field: employees, op: in, value: [{', '.join(map(str, range(10_000)))}]}}"),
        "at most 500 items",
    ),
    ("a text that no field can hold", scoring(text_is("contains", "a" * 501)), "at most 500 characters"),
    ("an operator for patterns", scoring(text_is("matches", "(a+)+$")), "op"),
    ("an unknown part", scoring("{kind: firmographic, field: company, op: is_known, regex: '(a+)+$'}"), "regex"),
    ("an unknown field", scoring("{kind: firmographic, field: shoe_size, op: is_known}"), "'shoe_size' is not in the"),
    ("neither field nor behaviour", scoring("{kind: firmographic}"), "field"),
    ("never to be met", scoring("{kind: behaviour, behaviour: webinar, within_days: 5, latest_before_days: 9}"),
     "nobody could ever meet it"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "sentence"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_it_is_refused_when_it_is_proposed(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path, text: str, sentence: str
) -> None:
    # Given a policy file, When it is proposed for review, Then it is refused by name and nothing is under review
    with pytest.raises(CommandError, match=sentence):
        propose(tmp_path / "f.yaml", text, "revops", "--submit")
    assert not ChangeRequest.objects.exclude(state="draft").exists()


@pytest.mark.django_db
def test_many_conditions_spread_over_a_policy_are_too_many_as_well(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path
) -> None:
    data = read_policy_file(run("export", "routing")).data
    one = {"kind": "firmographic", "field": "employees", "op": "at_least", "value": 5}
    first = data["territories"][0]
    data["territories"] = [
        {**first, "key": f"t{number}", "when": {"none": [one] * 200}}
        for number in range(MOST_CRITERIA // 200 + 1)
    ]
    text = json.dumps({"workstream": "routing", "document": data})
    with pytest.raises(CommandError, match=r"criteria in all policies together; at most 2,000"):
        propose(tmp_path / "r.yaml", text, "revops", "--submit")


@pytest.mark.django_db
@pytest.mark.parametrize("op", ["contains", "starts_with"])
@pytest.mark.parametrize("text", ["%", "_", "\\", "\\%", "(a+)+$", ".*", "[a-z]", "%" * 500, "a" * 500])
def test_every_text_that_may_be_asked_for_means_itself(op: str, text: str) -> None:
    """Signs that are wild elsewhere match themselves and nothing else, at any length."""
    companies = [text[:200], f"{text[:190]} Ltd", "Acme", "aXb", "a" * 199]
    Lead.objects.bulk_create(
        Lead(company=name, folded={"company": name.casefold()}, captured_at=NOW, recorded_at=NOW)
        for name in companies
    )
    item = {"kind": "firmographic", "field": "company", "op": op, "value": text}
    when = When(all=(Group.model_validate({"any": [item]}),))
    found = Lead.objects.filter(where(when, now=NOW, fields=FIELDS, thresholds={}))
    asked = str.startswith if op == "starts_with" else str.__contains__
    expected = sorted(name for name in companies if asked(name.casefold(), text.casefold()))
    assert sorted(found.values_list("company", flat=True)) == expected


@pytest.mark.django_db
def test_the_largest_criteria_set_that_is_allowed_can_be_asked() -> None:
    """Two hundred criteria of all shapes in one question: no database gives up on it."""
    behaviour = {"kind": "trigger", "behaviour": "demo", "at_least": 2, "latest_before_days": 3}
    shapes = [
        {"kind": "firmographic", "field": "plan", "op": "is_not", "value": "x"},
        {"kind": "firmographic", "field": "renewal", "op": "within_days", "value": 30},
        {"kind": "firmographic", "field": "employees", "op": "between", "value": [1, 5]},
        behaviour,
    ]
    # As alternatives, as groups, as disqualifiers: leads without evidence pass only the last.
    Lead.objects.create(captured_at=NOW, recorded_at=NOW)
    for when, count in (
        ({"all": [{"any": shapes * 50}]}, 0),
        ({"all": [{"any": [item]} for item in shapes * 50]}, 0),
        ({"none": shapes * 50}, 1),
    ):
        condition = where(When.model_validate(when), now=NOW, fields=FIELDS, thresholds={})
        assert Lead.objects.filter(condition).count() == count
