"""Opening a change request: a draft copy of what is in force, of an older version, or of a document given."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from glossary import registry
from glossary.choices import EventKind, RequestState
from glossary.engine.base import PolicyDocument
from glossary.engine.seal import canonical_json
from glossary.exceptions import NotAllowed, RequestRefused
from glossary.models import ChangeRequest, PolicyVersion
from glossary.queries.chain import check_version
from glossary.queries.editions import edition_at
from glossary.queries.rights import may_propose
from glossary.registry.rows import write_rows
from glossary.services.timeline import add_contributor, tell
from people.access import name_of
from people.models import User

TITLE_LENGTH, WHY_LENGTH = 200, 4000


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed.

    Attributes:
        document: the proposed content; None = a copy of what is in force, to be edited.
        base_number: the version that the document was made from; None = the one in force.
    """

    workstream: str
    title: str
    why: str
    document: PolicyDocument | None = None
    base_number: int | None = None


def open_request(proposal: Proposal, *, acting_user: User, now: datetime) -> ChangeRequest:
    """Open a change request with its draft rows.

    Raises:
        NotAllowed: the charter in force gives `acting_user` no right to propose here.
        RequestRefused: no such workstream, a title or reason that cannot be used, or an unknown base version.
    """
    if proposal.workstream not in registry.document_types():
        raise RequestRefused(
            f"There is no workstream {proposal.workstream!r}; known: {', '.join(registry.document_types())}."
        )
    check_texts(proposal.title, proposal.why)
    if not may_propose(acting_user, proposal.workstream, now):
        raise NotAllowed(
            f"The charter does not name a role of yours as Responsible for the {proposal.workstream}. "
            "Ask RevOps to propose it."
        )
    edition = edition_at(now)
    document_class = registry.document_type(proposal.workstream).document_class
    document = proposal.document or edition.document(document_class)
    if type(document) is not document_class:
        raise RequestRefused(f"A {type(document).__name__} is no document of the {proposal.workstream}.")
    base = proposal.base_number or edition.versions[proposal.workstream]
    _check_base(proposal.workstream, base, edition.versions[proposal.workstream])
    with transaction.atomic():
        request = ChangeRequest.objects.create(
            workstream=proposal.workstream,
            title=proposal.title.strip(),
            why=proposal.why.strip(),
            state=RequestState.DRAFT,
            author=acting_user,
            author_name=name_of(acting_user),
            base_number=base,
            opened_at=now,
            changed_at=now,
        )
        write_rows(request, json.loads(canonical_json(document)), user=acting_user)
        add_contributor(request, acting_user, now)
        tell(
            request,
            EventKind.OPENED,
            acting_user=acting_user,
            now=now,
            note=f"On {proposal.workstream} v{base}",
        )
    return request


def check_texts(title: str, why: str) -> None:
    """Raise RequestRefused unless title and reason are given and can be stored."""
    for name, text, limit in (("title", title, TITLE_LENGTH), ("reason", why, WHY_LENGTH)):
        if not text.strip() or "\0" in text or len(text.strip()) > limit:
            raise RequestRefused(
                f"The {name} of a change must be a text of 1 to {limit} characters; given: {text[:60]!r}."
            )


def version_document(workstream: str, number: int) -> PolicyDocument:
    """The verified document of a version. Raises RequestRefused when there is none, ForgedPolicy."""
    version = PolicyVersion.objects.filter(workstream=workstream, number=number).first()
    if version is None:
        raise RequestRefused(f"There is no {workstream} v{number}.")
    check_version(version)
    return registry.parse(workstream, version.content)


def _check_base(workstream: str, number: int, live: int) -> None:
    if not 1 <= number <= live:
        raise RequestRefused(
            f"{workstream} v{number} cannot be the base of a change: versions 1 to {live} have been in force."
        )
