"""Fields known only after the outcome decide nothing before it: refused in every place that holds criteria."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from glossary.engine.documents import GlossaryDocument
from glossary.models import Criterion
from glossary.services.playbook import read_playbook
from glossary.types import EditionInForce
from tests.glossary.admin.drafting import faults, stage_row, touched
from tests.glossary.amending import Change, findings_after, stage
from tests.glossary.governing import opened

LATE = {"kind": "firmographic", "field": "amount", "op": "at_least", "value": 1000}
GROUP = {"any": [LATE]}
IN_TIME = {"any": [{**LATE, "field": "employees"}]}
SAID = "'amount' is only known after the outcome"


def gate(data: dict[str, Any]) -> None:
    stage(data, "mql")["entry"]["all"].append(GROUP)


def disqualifier(data: dict[str, Any]) -> None:
    stage(data, "sql")["entry"]["none"] = [{**LATE, "kind": "disqualifier"}]


def tier(data: dict[str, Any]) -> None:
    data["fit"][-1]["when"]["all"].append(GROUP)


def exclusion(data: dict[str, Any]) -> None:
    data["fit"][1]["when"]["none"] = [{**LATE, "kind": "disqualifier"}]


def territory(data: dict[str, Any]) -> None:
    data["territories"][0]["when"] = {"all": [GROUP]}


def promise(data: dict[str, Any]) -> None:
    data["sla"][0]["applies_to"] = {"all": [GROUP]}


PLACES: dict[str, tuple[str, Change, str]] = {
    "gate of a stage": ("glossary", gate, "glossary.stages.mql.entry"),
    "disqualifier of a stage": ("glossary", disqualifier, "glossary.stages.sql.entry"),
    "ICP tier": ("scoring", tier, "scoring.fit.C"),
    "exclusion of a tier": ("scoring", exclusion, "scoring.fit.B"),
    "territory": ("routing", territory, "routing.territories."),
    "promise": ("routing", promise, "routing.sla."),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_late_field_is_refused_wherever_criteria_stand(place: str) -> None:
    workstream, change, where = PLACES[place]

    found = findings_after(workstream, change)

    assert any(item.where.startswith(where) and SAID in item.message for item in found), found


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("consent", "glossary.stages.mql.entry"),
        ("industry", "scoring.fit.A"),
        ("region", "routing.territories."),
    ],
)
def test_a_field_in_use_cannot_be_marked_late(key: str, where: str) -> None:
    def mark(data: dict[str, Any]) -> None:
        next(field for field in data["fields"] if field["key"] == key)["after_outcome"] = True

    found = findings_after("glossary", mark)

    assert any(
        item.where.startswith(where) and "only known after the outcome" in item.message for item in found
    )


def test_control_the_same_criteria_on_a_field_known_in_time_are_taken() -> None:
    assert not findings_after("scoring", lambda data: data["fit"][-1]["when"]["all"].append(IN_TIME))
    glossary = read_playbook()["glossary"]
    assert isinstance(glossary, GlossaryDocument)
    assert glossary.field_by_key["amount"].after_outcome


@pytest.mark.django_db
def test_the_editor_refuses_it_at_its_box(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    client.force_login(cast.revops)
    mql = stage_row(opened("glossary", cast.revops))
    number = mql.criteria.count()
    boxes = {
        "kind": "firmographic",
        "place": "all",
        "group": "4",
        "field": "amount",
        "op": "at_least",
        "value": "1000",
    }
    row = {f"criteria-{number}-{name}": value for name, value in boxes.items()}

    answer = touched(client, mql, **{"criteria-TOTAL_FORMS": number + 1}, **row)

    assert answer.status_code == 200
    assert "only known after the outcome" in str(faults(answer))
    assert not Criterion.objects.filter(parent=mql, field="amount").exists()
