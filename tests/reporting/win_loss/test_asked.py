"""What is compared: every criterion once, with its places; fields that tell the outcome never."""

import pytest

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField
from glossary.services.playbook import read_playbook
from reporting.engine.errors import CountingError
from reporting.engine.win_loss.asked import Policies, criteria_of, left_out
from reporting.engine.win_loss.rule import judged_stage
from reporting.engine.win_loss.values import choosable, why_refused
from routing.engine.documents import ScoringDocument


@pytest.fixture(scope="module")
def policies() -> Policies:
    """Of the playbook."""
    documents = read_playbook()
    glossary, scoring = documents["glossary"], documents["scoring"]
    assert isinstance(glossary, GlossaryDocument)
    assert isinstance(scoring, ScoringDocument)
    return Policies(glossary, scoring)


def test_every_criterion_of_the_policies_is_there_once(policies: Policies) -> None:
    asked = criteria_of(policies)

    words = [item.words for item in asked]
    assert len(words) == len(set(words)) == len({item.key for item in asked})
    assert {
        "ICP grade is A or B",
        "Intent score is at least 65 (threshold mql)",
        "Demo request in the last 30 days",
        "Demo request at least once",
        "Whitepaper at least once",
        "E-mail domain is a free-mail provider",
        "Employees is at least 200",
        "Industry is education or public_sector",
    } <= set(words)


def test_a_line_says_where_the_policies_ask_for_it(policies: Policies) -> None:
    places = {item.words: item.places for item in criteria_of(policies)}

    assert places["Consent is granted"] == ("LEAD", "MQL")
    assert places["E-mail domain is a free-mail provider"] == ("MQL, as disqualifier",)
    assert places["Demo request at least once"] == ("trigger", "intent points")
    assert places["Owner is known"] == ("SAL", "SQL")


def test_keys_stay_while_a_criterion_reads_the_same(policies: Policies) -> None:
    first, again = ({item.words: item.key for item in criteria_of(policies)} for _ in range(2))

    assert first == again
    assert all(key.isalnum() and len(key) == 12 for key in first.values())


def test_fields_that_no_log_keeps_are_named_and_left_out(policies: Policies) -> None:
    data = policies.glossary.model_dump(mode="json", by_alias=True)
    criterion = {"kind": "firmographic", "field": "territory", "op": "is", "value": "emea"}
    next(stage for stage in data["stages"] if stage["key"] == "mql")["entry"]["all"].append(
        {"any": [criterion]}
    )
    with_territory = Policies(GlossaryDocument.model_validate(data), policies.scoring)

    assert left_out(policies) == []
    assert left_out(with_territory) == ["Territory"]
    assert "territory" not in {item.about for item in criteria_of(with_territory)}


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("amount", "only known after the outcome"),
        ("business_segment", "only known after the outcome"),
        ("email", "personal data"),
        ("territory", "does not keep it"),
        ("owner", "how a lead is worked"),
        ("first_touch_at", "how a lead is worked"),
    ],
)
def test_fields_that_cannot_be_chosen_say_why_and_are_not_offered(
    policies: Policies, key: str, why: str
) -> None:
    assert why in why_refused(policies.glossary.field_by_key[key])
    assert key not in choosable(policies.glossary)


def test_fields_known_in_time_are_offered(policies: Policies) -> None:
    offered = choosable(policies.glossary)

    assert {"source", "industry", "employees", "icp_grade", "intent_score", "landing_page"} <= offered.keys()
    late: list[ContractField] = [field for field in policies.glossary.fields if field.after_outcome]
    assert late
    assert not offered.keys() & {field.key for field in late}


def test_leads_are_judged_where_rules_decide_last(policies: Policies) -> None:
    data = policies.glossary.model_dump(mode="json", by_alias=True)
    for stage in data["stages"]:
        stage["entry"], stage["qualification"] = {}, "rep"

    assert judged_stage(policies.glossary).key == "mql"
    with pytest.raises(CountingError, match="No funnel stage has entry criteria"):
        judged_stage(GlossaryDocument.model_validate(data))
