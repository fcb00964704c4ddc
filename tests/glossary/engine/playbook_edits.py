"""Random edits to the documents of the playbook, each of which leaves a document that parses."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from glossary import registry
from glossary.engine.base import PolicyDocument
from glossary.engine.seal import canonical_json
from glossary.exceptions import DocumentRefused
from glossary.services.playbook import read_playbook
from glossary.types import Documents

Data = dict[str, Any]
WORKSTREAMS = ("charter", "glossary", "scoring", "routing", "dispositions", "reporting")


@cache
def playbook() -> Mapping[str, PolicyDocument]:
    """The documents of the playbook, read once."""
    return read_playbook()


@cache
def plain(workstream: str) -> str:
    return canonical_json(playbook()[workstream])


def data(workstream: str) -> Data:
    """The plain data of a document of the playbook, anew each time."""
    found: Data = json.loads(plain(workstream))
    return found


def beside(document: PolicyDocument) -> Documents:
    """The playbook with one document in place of its own."""
    return Documents([*playbook().values(), document])


@st.composite
def edited(draw: st.DrawFn, workstream: str, edits: int = 3) -> Data:
    """The document of a workstream after some edits that it still parses after."""
    found = data(workstream)
    for _ in range(draw(st.integers(1, edits))):
        tried = copy.deepcopy(found)
        _edit(draw, tried)
        if parses(workstream, tried):
            found = tried
    # As canonical JSON writes it: numbers of the kind that the document asks for, defaults written out.
    canonical: Data = json.loads(canonical_json(registry.parse(workstream, found)))
    return canonical


def parses(workstream: str, document: Data) -> bool:
    try:
        registry.parse(workstream, document)
    except DocumentRefused:
        return False
    return True


def _edit(draw: st.DrawFn, document: Data) -> None:
    section = draw(st.sampled_from(sorted(document)))
    value = document[section]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        _edit_list(draw, value)
    else:
        document[section] = _changed(draw, value)


def _edit_list(draw: st.DrawFn, items: list[Data]) -> None:
    at = draw(st.integers(0, len(items) - 1))
    act = draw(st.sampled_from(("remove", "move", "copy", "change", "change")))
    if act == "remove":
        del items[at]
    elif act == "move":
        items.insert(draw(st.integers(0, len(items) - 1)), items.pop(at))
    elif act == "copy":
        twin = copy.deepcopy(items[at])
        if "key" in twin:
            twin["key"] = draw(st.sampled_from(("extra_one", "extra_two", "order")))
        items.insert(draw(st.integers(0, len(items))), twin)
    else:
        name = draw(st.sampled_from(sorted(set(items[at]) - {"key"})))
        items[at][name] = _changed(draw, items[at][name])


def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + draw(st.sampled_from((1, -1, 0.5, 10)))
    if isinstance(value, str):
        return draw(st.sampled_from((value + " more", "other", "lead", "2 business hours")))
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from(sorted(value)))
        without = {key: item for key, item in value.items() if key != name}
        return draw(st.sampled_from(({**value, name: _changed(draw, value[name])}, without)))
    if isinstance(value, list) and value:
        at = draw(st.integers(0, len(value) - 1))
        shorter = value[:at] + value[at + 1 :]
        varied = [*value[:at], _changed(draw, value[at]), *value[at + 1 :]]
        return draw(st.sampled_from((shorter, value[::-1], varied)))
    return draw(st.sampled_from((None, 7, "lead")))
