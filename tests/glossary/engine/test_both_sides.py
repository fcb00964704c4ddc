"""Items in full on both sides: found by their address, in lists and mappings, added and removed."""

from typing import Any

import pytest

from glossary.engine.both_sides import Items, both_sides
from glossary.engine.diff import diff
from glossary.engine.documents import GlossaryDocument
from glossary.engine.readable import Reader
from glossary.queries.terms import thresholds
from glossary.services.playbook import read_playbook
from glossary.types import Documents
from tests.glossary.amending import amended, stage, threshold


def items(documents: Documents, document: Any) -> Items:
    fields = documents.get(GlossaryDocument).field_by_key
    return Items(document, Reader(fields, thresholds(documents)))


def change(data: dict[str, Any]) -> None:
    stage(data, "mql")["name"] = "Warm lead"
    data["moves"] = data["moves"][1:]
    data["fields"].append({**data["fields"][-1], "key": "budget", "label": "Budget"})


def test_each_item_that_differs_is_there_once_on_both_sides() -> None:
    playbook = read_playbook()
    old, new = playbook["glossary"], amended(playbook["glossary"], "glossary", change)
    before, after = Documents(playbook.values()), Documents([*playbook.values(), new])

    sides = both_sides(diff(old, new, before=before, after=after), items(before, old), items(after, new))

    there = {side.label: (side.before is not None, side.after is not None) for side in sides}
    assert there["Warm lead"] == (True, True)
    assert there["Budget"] == (False, True)
    assert list(there.values()).count((True, False)) == 1
    assert len(sides) == 3
    names = {
        line.label: line.text
        for side in sides
        if side.label == "Warm lead" and side.after
        for line in side.after.below
    }
    assert names["Name"] == "Warm lead"


@pytest.mark.parametrize(
    ("item", "text"), [("thresholds.mql", "70"), ("thresholds.none", None), ("nothing.mql", None)]
)
def test_entries_of_mappings_have_addresses(item: str, text: str | None) -> None:
    playbook = read_playbook()
    new = amended(playbook["scoring"], "scoring", threshold(70))
    found = items(Documents([*playbook.values(), new]), new).of(item)
    assert (found.text if found else None) == text
