"""What the charter asks for before a change ships: one slot per duty and role."""

from typing import NamedTuple

from glossary.engine.charter import CharterDocument

APPROVE, VALIDATE, CONSULT = "approve", "validate", "consult"


class Slot(NamedTuple):
    """A duty asked of a role."""

    duty: str
    role: str


def slots(charter: CharterDocument, workstream: str) -> list[Slot]:
    """Every slot of a change: approvals, then the validation, then whom to consult.

    Raises KeyError for a workstream without a RACI line. Who must approve or validate is not also consulted.
    """
    line = charter.line_by_workstream[workstream]
    asked = [Slot(APPROVE, role) for role in dict.fromkeys(line.accountable)]
    if workstream in charter.validate_.workstreams:
        asked.append(Slot(VALIDATE, charter.validate_.role))
    binding = {slot.role for slot in asked}
    return asked + [Slot(CONSULT, role) for role in dict.fromkeys(line.consulted) if role not in binding]


def binding_slots(charter: CharterDocument, workstream: str) -> list[Slot]:
    """The slots without which nothing ships."""
    return [slot for slot in slots(charter, workstream) if slot.duty != CONSULT]
