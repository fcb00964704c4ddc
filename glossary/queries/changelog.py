"""The change log: every version with who, when and why, and one version to read."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from glossary import registry
from glossary.engine.documents import GlossaryDocument
from glossary.engine.readable import Entry, Reader
from glossary.models import PolicyVersion
from glossary.queries.chain import check_version, is_genuine
from glossary.queries.editions import edition_at, policy_versions
from glossary.queries.terms import thresholds
from glossary.types import EditionInForce


@dataclass(frozen=True, slots=True)
class LogLine:
    """A version in the change log.

    Attributes:
        state: in force, superseded or scheduled.
        genuine: False = the row is not what was sealed.
    """

    version: PolicyVersion
    state: str
    genuine: bool


def log_lines(versions: list[PolicyVersion], in_force: EditionInForce, now: datetime) -> list[LogLine]:
    """Change-log lines of some versions (a page of them)."""
    return [LogLine(version, state_of(version, in_force, now), is_genuine(version)) for version in versions]


def state_of(version: PolicyVersion, in_force: EditionInForce, now: datetime) -> str:
    """Whether a version is in force, superseded or scheduled at `now`."""
    if in_force.versions.get(version.workstream) == version.number:
        return "in force"
    return "scheduled" if version.in_force_from > now else "superseded"


def versions_of(workstream: str = "") -> QuerySet[PolicyVersion]:
    """Versions for the change log, newest first."""
    return policy_versions(workstream)


def read_version(version: PolicyVersion) -> tuple[Entry, ...]:
    """The document of a version in words, by the fields and thresholds of the edition that it began in.

    Raises ForgedPolicy when the row is not what was published.
    """
    check_version(version)
    beside = edition_at(version.in_force_from)
    document = registry.parse(version.workstream, version.content)
    glossary = document if isinstance(document, GlossaryDocument) else beside.document(GlossaryDocument)
    numbers = thresholds([*beside.documents, document])
    return Reader(glossary.field_by_key, numbers).read(document)
