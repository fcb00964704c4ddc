"""The standard playbook: our own policies, shipped as YAML and published as version 1."""

from datetime import datetime
from pathlib import Path

from glossary import registry
from glossary.engine.base import PolicyDocument
from glossary.engine.strict_yaml import read_yaml
from glossary.exceptions import DocumentRefused
from glossary.queries import editions
from glossary.services.publish import FoundingWarrant, publish
from glossary.types import EditionInForce, Finding, Publication
from people.models import User
from people.services import ensure_roles

FOLDER = Path(__file__).resolve().parent.parent / "playbook"


def read_playbook(folder: Path = FOLDER) -> dict[str, PolicyDocument]:
    """The six documents of a folder with one `<workstream>.yaml` each. Raises DocumentRefused."""
    documents = {}
    for workstream in registry.document_types():
        try:
            data = read_yaml((folder / f"{workstream}.yaml").read_text(encoding="utf-8"))
        except ValueError as error:
            raise DocumentRefused([Finding(workstream, str(error))]) from error
        if not isinstance(data, dict):
            raise DocumentRefused([Finding(workstream, "the file must hold a mapping at its top")])
        documents[workstream] = registry.parse(workstream, data)
    return documents


def publish_playbook(
    *, now: datetime, in_force_from: datetime | None = None, acting_user: User | None = None
) -> EditionInForce:
    """Found the organisation on the standard playbook; where policies exist, change nothing.

    Args:
        in_force_from: may lie in the past, so that history can be judged by it; None = now.

    Returns:
        the new edition, or the newest that exists.
    """
    existing = editions.newest_edition()
    if existing is not None:
        return existing
    ensure_roles()
    publication = Publication(
        title="Standard playbook",
        why="The starting point: the lead language that Concord ships with, to be made your own by changes.",
        in_force_from=in_force_from,
    )
    return publish(read_playbook(), publication, acting_user=acting_user, warrant=FoundingWarrant(), now=now)
