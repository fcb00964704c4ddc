"""Reading sealed rows: which link of a line, if any, is not what was published."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.conf import settings

from glossary.engine.seal import EditionHeader, VersionHeader, digest, verify
from glossary.exceptions import ForgedPolicy
from glossary.models import Edition, PolicyVersion

Row = TypeVar("Row", PolicyVersion, Edition)
VersionSeals = Mapping[tuple[str, int], str]


def version_header(version: PolicyVersion) -> VersionHeader:
    """The header that the seal of a version covers."""
    return VersionHeader(
        workstream=version.workstream,
        number=version.number,
        content_digest=version.content_digest,
        title=version.title,
        why=version.why,
        in_force_from=version.in_force_from,
        published_at=version.published_at,
        published_by_name=version.published_by_name,
        warrant=version.warrant,
        previous_seal=version.previous_seal,
    )


def edition_header(edition: Edition, seals: VersionSeals) -> EditionHeader:
    """The header that the seal of an edition covers. Raises ForgedPolicy when a version of it is missing."""
    missing = [f"{key} v{number}" for key, number in edition.versions.items() if (key, number) not in seals]
    if missing:
        raise ForgedPolicy(str(edition), f"it refers to {', '.join(sorted(missing))}, which is missing")
    return EditionHeader(
        number=edition.number,
        in_force_from=edition.in_force_from,
        versions=edition.versions,
        version_seals={key: seals[key, number] for key, number in edition.versions.items()},
        previous_seal=edition.previous_seal,
    )


def check_version(version: PolicyVersion) -> None:
    """Raise ForgedPolicy unless content, digest, seal and signature of the row belong together."""
    if digest(version.content) != version.content_digest:
        raise ForgedPolicy(str(version), "its content does not match its digest")
    _check_seal(version, lambda: version_header(version).seal())


def is_genuine(version: PolicyVersion) -> bool:
    """Whether what a row says of itself is what was sealed; its content is not looked at."""
    try:
        _check_seal(version, lambda: version_header(version).seal())
    except ForgedPolicy:
        return False
    return True


def check_edition(edition: Edition, seals: VersionSeals) -> None:
    """Raise ForgedPolicy unless the row, its versions, its seal and its signature belong together."""
    _check_seal(edition, lambda: edition_header(edition, seals).seal())


def check_line(rows: Iterable[Row], check: Callable[[Row], None]) -> int:
    """Raise ForgedPolicy at the first row that does not follow the row before it, or fails `check`.

    Args:
        rows: one whole line, by number.

    Returns:
        how many rows there are.
    """
    previous_seal, count = "", 0
    for row in rows:
        count += 1
        if row.number != count:
            name = f"{row.workstream} v{count}" if isinstance(row, PolicyVersion) else f"edition {count}"
            raise ForgedPolicy(name, f"it is missing; {row} comes in its place")
        if row.previous_seal != previous_seal:
            raise ForgedPolicy(str(row), "it does not follow the seal of the one before it")
        check(row)
        previous_seal = row.seal
    return count


def _check_seal(row: PolicyVersion | Edition, expected: Callable[[], str]) -> None:
    try:
        is_sealed = expected() == row.seal
    except (AttributeError, TypeError, ValueError) as error:
        # A list where versions by workstream belong, a text that is no date: not even the shape is right.
        raise ForgedPolicy(str(row), "what it says has another shape than what was sealed") from error
    if not is_sealed:
        raise ForgedPolicy(str(row), "what it says does not match its seal")
    if not verify(row.seal, row.signature, row.key_id, settings.POLICY_KEYS):
        raise ForgedPolicy(
            str(row), f"its signature was not made by a policy key we know (key id {row.key_id})"
        )
