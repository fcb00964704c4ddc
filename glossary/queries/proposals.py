"""What a change request proposes, as it would be published now: merged, checked, and compared with what is in force."""

import json
from dataclasses import dataclass
from datetime import datetime

from glossary import registry
from glossary.engine.affected import Affected, affected
from glossary.engine.base import PolicyDocument
from glossary.engine.diff import Difference, diff
from glossary.engine.merge import Conflict, merge
from glossary.engine.seal import canonical_json, digest
from glossary.exceptions import DocumentRefused
from glossary.models import ChangeRequest, PolicyVersion
from glossary.queries.chain import check_version
from glossary.queries.editions import edition_at
from glossary.registry.rows import Data, read_rows
from glossary.types import Documents, EditionInForce, Finding


@dataclass(frozen=True, slots=True)
class Proposed:
    """The content that would be published now.

    Attributes:
        document: None while conflicts are open, or when the draft cannot be read as a document.
        digest: of the document, hex; empty without one.
        findings: what stands against it, the cross-checks of the edition that would result included.
        live_number: number of the version in force.
        is_stale: another version went in force since the draft was begun.
    """

    document: PolicyDocument | None
    digest: str
    findings: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...]
    live: PolicyDocument
    live_number: int
    is_stale: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with what it changes, for people to read."""

    proposed: Proposed
    differences: tuple[Difference, ...]
    affected: Affected

    @property
    def digest(self) -> str:
        """Of what would be published now; empty while that is nothing."""
        return self.proposed.digest


def proposed(request: ChangeRequest, edition: EditionInForce) -> Proposed:
    """What the request would put in force on top of `edition`.

    While it is drafted its rows count, afterwards the content that was frozen. Made from an older version than
    the one in force, it is merged with that one, item by item.
    """
    number = edition.versions[request.workstream]
    live = edition.document(registry.document_type(request.workstream).document_class)
    data, stale = own_data(request), request.base_number != number
    document, findings = _checked(request.workstream, data, edition)
    if stale and document is not None:
        merged = merge(plain(base_document(request)), plain(live), plain(document))
        if merged.document is None:
            return Proposed(None, "", (), merged.conflicts, live, number, is_stale=True)
        document, findings = _checked(request.workstream, merged.document, edition)
    value = digest(canonical_json(document)) if document else ""
    return Proposed(document, value, findings, (), live, number, is_stale=stale)


def proposal_of(request: ChangeRequest, now: datetime) -> ProposalView:
    """The request as its page shows it at `now`. Raises NoPolicyInForce or ForgedPolicy."""
    edition = edition_at(now)
    found = proposed(request, edition) if request.is_open else _as_closed(request, edition)
    if found.document is None:
        return ProposalView(found, (), Affected((), ()))
    return ProposalView(found, *changes(request.workstream, found.live, found.document, edition))


def _as_closed(request: ChangeRequest, edition: EditionInForce) -> Proposed:
    """A closed request beside the version that it was made for, whatever went in force since."""
    document, findings = _checked(request.workstream, own_data(request), edition)
    value = digest(canonical_json(document)) if document else ""
    base = base_document(request)
    return Proposed(document, value, findings, (), base, request.base_number, is_stale=False)


def changes(
    workstream: str, old: PolicyDocument, new: PolicyDocument, edition: EditionInForce
) -> tuple[tuple[Difference, ...], Affected]:
    """What changes between two documents of a workstream, beside the other documents of an edition."""
    before, after = Documents([*edition.documents, old]), Documents([*edition.documents, new])
    grader = registry.document_type(workstream).grader
    found = diff(old, new, before=before, after=after, grader=grader)
    return found, affected(found, after)


def own_data(request: ChangeRequest) -> Data | str:
    """What the request itself says, to be parsed: its rows while it is drafted, else the JSON that was frozen."""
    return read_rows(request) if request.is_drafting else request.content


def base_document(request: ChangeRequest) -> PolicyDocument:
    """The verified version that the draft was begun from. Raises ForgedPolicy."""
    version = PolicyVersion.objects.get(workstream=request.workstream, number=request.base_number)
    check_version(version)
    return registry.parse(version.workstream, version.content)


def plain(document: PolicyDocument) -> Data:
    """A document as plain data, defaults written out."""
    data: Data = json.loads(canonical_json(document))
    return data


def _checked(
    workstream: str, data: Data | str, edition: EditionInForce
) -> tuple[PolicyDocument | None, tuple[Finding, ...]]:
    try:
        document = registry.parse(workstream, data)
    except DocumentRefused as refused:
        return None, tuple(Finding(finding.where, finding.message) for finding in refused.findings)
    return document, tuple(registry.check(Documents([*edition.documents, document])))
