"""Proposing from a file: it becomes an ordinary change request."""

from dataclasses import dataclass
from datetime import datetime

from glossary import registry
from glossary.engine.policy_files import FileUnreadable, read_policy_file
from glossary.exceptions import DocumentRefused
from glossary.models import ChangeRequest
from glossary.services.opening import Proposal, open_request
from people.models import User


@dataclass(frozen=True, slots=True)
class FileProposal:
    """The text of a policy file, and what is said of it."""

    text: str
    title: str
    why: str


def propose_file(proposal: FileProposal, *, acting_user: User, now: datetime) -> ChangeRequest:
    """Open a change request with the content of a policy file.

    Raises:
        DocumentRefused: the file cannot be read, or is no document of its workstream; with every finding.
        NotAllowed, RequestRefused: as `open_request`.
    """
    try:
        found = read_policy_file(proposal.text)
    except FileUnreadable as error:
        raise DocumentRefused(error.findings) from error
    document = registry.parse(found.workstream, found.data)
    return open_request(
        Proposal(found.workstream, proposal.title, proposal.why, document, found.base_number),
        acting_user=acting_user,
        now=now,
    )
