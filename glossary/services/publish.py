"""Publishing: the one act that puts documents in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from glossary import registry
from glossary.engine import seal
from glossary.engine.base import PolicyDocument
from glossary.exceptions import DocumentRefused, PublishRefused
from glossary.models import Edition, PolicyVersion
from glossary.queries import editions
from glossary.queries.chain import edition_header, version_header
from glossary.services.touches import record_touches
from glossary.types import Documents, EditionInForce, Finding, Publication, Warrant
from people.access import name_of
from people.models import User

TITLE_LENGTH, WHY_LENGTH = 200, 4000


class FoundingWarrant:
    """Allows the first publication of an organisation, while no version exists, and none after it."""

    def allow(self, digests: Mapping[str, str]) -> None:
        """Raise PublishRefused once anything is published."""
        if PolicyVersion.objects.exists():
            raise PublishRefused(
                "Policies are published already, so there is nothing to found. Propose a change."
            )

    def as_json(self) -> dict[str, object]:
        """The warrant as it is sealed."""
        return {"kind": "founding"}


@dataclass(frozen=True, slots=True)
class _Act:
    """One publication with everything that its rows share."""

    publication: Publication
    warrant: dict[str, object]
    in_force_from: datetime
    now: datetime
    user: User | None


def publish(
    documents: Mapping[str, PolicyDocument],
    publication: Publication,
    *,
    acting_user: User | None,
    warrant: Warrant,
    now: datetime,
) -> EditionInForce:
    """Put `documents` (by workstream) in force together as a new edition; wholly or not at all.

    1. Wait for any other publication to end. 2. Ask the warrant. 3. Check every reference of all documents of
    the edition that would result. 4. Seal, sign and write the versions and the edition.

    Args:
        acting_user: None = the system.
        now: the moment of publishing. Only the founding may be in force from an earlier one.

    Raises:
        DocumentRefused: with every finding.
        PublishRefused: no warrant, a wrong date, nothing changed, or another publication came in between.
    """
    try:
        with transaction.atomic():
            newest = lock_line()
            digests = {key: seal.digest(seal.canonical_json(item)) for key, item in documents.items()}
            warrant.allow(digests)
            _check_saying(publication)
            _check(documents, newest)
            begin = _begin(publication, warrant, newest, now)
            act = _Act(publication, warrant.as_json(), begin, now, acting_user)
            edition = _write(documents, digests, act)
    except IntegrityError as error:
        raise PublishRefused(
            "Somebody else published at the same moment. Look at the new version first."
        ) from error
    finally:
        editions.forget()
    return editions.edition_by_id(edition.pk)


def lock_line() -> EditionInForce | None:
    """Wait for other publications, then read the newest edition.

    All publications share one line of editions, so they queue up at its first row, which never changes (a
    lock on the newest would be one on yesterday's newest after the wait); rows that are stamped with it need not
    wait (no_key). SQLite holds its write lock from
    BEGIN. While nothing is published, the unique constraints decide.
    """
    list(Edition.objects.select_for_update(no_key=True).filter(number=1))
    editions.forget()
    return editions.newest_edition()


def _check_saying(publication: Publication) -> None:
    """Raise PublishRefused unless title and reason are given and can be stored."""
    limits = {"title": TITLE_LENGTH, "why": WHY_LENGTH}
    for name, limit in limits.items():
        text = getattr(publication, name)
        if not text.strip() or "\0" in text or len(text) > limit:
            raise PublishRefused(
                f"The {name} of a change must be a text of 1 to {limit} characters; given: {text[:80]!r}."
            )


def _check(documents: Mapping[str, PolicyDocument], newest: EditionInForce | None) -> None:
    """Raise DocumentRefused or PublishRefused unless the edition that would result is sound."""
    types = registry.document_types()
    for key, document in documents.items():
        if type(document) is not registry.document_type(key).document_class:
            raise DocumentRefused(
                [Finding(key, f"a {type(document).__name__} is no document of this workstream")]
            )
    if not documents:
        raise PublishRefused("Nothing was given to publish.")
    if newest is None:
        missing = [
            Finding(key, "the first publication needs this document too")
            for key in types
            if key not in documents
        ]
        if missing:
            raise DocumentRefused(missing)
    current = newest.documents if newest else ()
    findings = registry.check(Documents([*current, *documents.values()]))
    if findings:
        raise DocumentRefused(findings)


def _begin(
    publication: Publication, warrant: Warrant, newest: EditionInForce | None, now: datetime
) -> datetime:
    """The first instant of the new edition. Raises PublishRefused when it would rewrite what was in force."""
    begin = publication.in_force_from or now
    if begin < now and not isinstance(warrant, FoundingWarrant):
        raise PublishRefused(
            f"{begin.isoformat()} has passed; a change is never in force before it is published."
        )
    if newest is not None and begin < newest.in_force_from:
        raise PublishRefused(
            f"Edition {newest.number} begins on {newest.in_force_from.isoformat()}; "
            "the next one cannot begin earlier."
        )
    return begin


def _write(documents: Mapping[str, PolicyDocument], digests: Mapping[str, str], act: _Act) -> Edition:
    last = Edition.objects.order_by("-number").first()
    versions = [
        _write_version(workstream, seal.canonical_json(documents[workstream]), digests[workstream], act)
        for workstream in sorted(documents)
    ]
    numbers = dict(last.versions) if last else {}
    seals = editions.version_seals()
    numbers |= {key: max(n for k, n in seals if k == key) for key in documents}
    edition = Edition(
        number=last.number + 1 if last else 1,
        in_force_from=act.in_force_from,
        versions=numbers,
        previous_seal=last.seal if last else "",
    )
    _seal(edition, edition_header(edition, seals).seal())
    edition.save(force_insert=True)
    for version in versions:
        record_touches(version)
    return edition


def _write_version(workstream: str, content: str, content_digest: str, act: _Act) -> PolicyVersion:
    last = PolicyVersion.objects.filter(workstream=workstream).order_by("-number").first()
    if last is not None and last.content_digest == content_digest:
        raise PublishRefused(f"{last} says exactly this already; there is nothing to publish.")
    version = PolicyVersion(
        workstream=workstream,
        number=last.number + 1 if last else 1,
        content=content,
        content_digest=content_digest,
        title=act.publication.title,
        why=act.publication.why,
        in_force_from=act.in_force_from,
        published_at=act.now,
        published_by=act.user,
        published_by_name=name_of(act.user),
        warrant=act.warrant,
        previous_seal=last.seal if last else "",
    )
    _seal(version, version_header(version).seal())
    version.save(force_insert=True)
    return version


def _seal(row: PolicyVersion | Edition, value: str) -> None:
    key = settings.POLICY_KEYS[0]
    row.seal, row.signature, row.key_id = value, seal.sign(value, key), seal.key_id(key)
