"""Tests change documents the way an author would: as plain data that is then validated anew."""

import copy
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from glossary import registry
from glossary.engine.base import PolicyDocument
from glossary.engine.seal import canonical_json
from glossary.services.playbook import read_playbook
from glossary.services.publish import publish
from glossary.types import Documents, EditionInForce, Finding, Publication
from tests.support import FreeWarrant

Change = Callable[[dict[str, Any]], None]


def amended(document: PolicyDocument, workstream: str, change: Change) -> PolicyDocument:
    """`document` with `change` applied to its plain data."""
    data = json.loads(canonical_json(document))
    change(data)
    return registry.parse(workstream, data)


def findings_after(workstream: str, change: Change) -> list[Finding]:
    """What the cross-checks say of the playbook with one document changed."""
    documents = copy.copy(read_playbook())
    documents[workstream] = amended(documents[workstream], workstream, change)
    return registry.check(Documents(documents.values()))


def publish_change(
    edition: EditionInForce, workstream: str, change: Change, *, now: datetime, title: str = "A change"
) -> EditionInForce:
    """Publish one changed document on top of `edition`."""
    document = edition.document(registry.document_type(workstream).document_class)
    return publish(
        {workstream: amended(document, workstream, change)},
        Publication(title, "Because a test asks for it."),
        acting_user=None,
        warrant=FreeWarrant(),
        now=now,
    )


def threshold(value: float) -> Change:
    """Sets the MQL threshold of a scoring document."""

    def change(data: dict[str, Any]) -> None:
        data["thresholds"]["mql"] = value

    return change


def stage(data: dict[str, Any], key: str) -> dict[str, Any]:
    """One stage of a glossary document's data."""
    found: dict[str, Any] = next(item for item in data["stages"] if item["key"] == key)
    return found
