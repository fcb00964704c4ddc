"""Which policies are in force: editions by instant and by id, verified and cached.

Two caches, neither of which can serve a forged row:
1. per process: the whole line of edition rows as last verified, and the parsed documents by edition seal. A
   seal covers what it names, so this cache is never stale; rows that differ in a single byte from the
   verified ones are verified anew;
2. per request, task or act, inside `memo()`: the line is read once. Outside of it every question reads it
   anew (one query).
"""

import logging
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce
from operator import attrgetter

from django.db.models import Q, QuerySet

from glossary import registry
from glossary.engine.seal import canonical_json
from glossary.exceptions import ForgedPolicy, NoPolicyInForce
from glossary.models import Edition, PolicyVersion
from glossary.queries.chain import check_edition, check_line, check_version
from glossary.types import Documents, EditionInForce

logger = logging.getLogger(__name__)
# Parsed editions kept per process: whoever reads through years of versions must not fill the memory.
KEPT = 128


@dataclass
class _Memo:
    """What one request or task has read so far; None = nothing."""

    line: list[Edition] | None = None


@dataclass
class _Process:
    """What this process has verified so far."""

    line: tuple[object, ...] = ()


_memo: ContextVar[_Memo | None] = ContextVar("edition_memo", default=None)
_process = _Process()
_editions: dict[tuple[int, str], EditionInForce] = {}


@contextmanager
def memo() -> Iterator[None]:
    """Read the line of editions at most once inside; what others publish meanwhile is seen afterwards.

    Inside another one it changes nothing: the outermost act sees one line from its beginning to its end.
    """
    if _memo.get() is not None:
        yield
        return
    token = _memo.set(_Memo())
    try:
        yield
    finally:
        _memo.reset(token)


def forget() -> None:
    """Read and verify everything anew from now on: after publishing, and for checks of what is stored."""
    current = _memo.get()
    if current is not None:
        current.line = None
    _process.line = ()
    _editions.clear()


def edition_at(instant: datetime) -> EditionInForce:
    """The edition in force at `instant`; of editions that begin together, the one with the highest number.

    Raises NoPolicyInForce before the first edition, and ForgedPolicy (logged as an error) when any edition or
    a document of the one in force is not what was published: there is no silent way back to an older one.
    """
    line = _line()
    position = bisect_right([edition.in_force_from for edition in line], instant)
    if not line:
        raise NoPolicyInForce("No policies are published. Run `manage.py publish_playbook`.")
    if position == 0:
        raise NoPolicyInForce(
            f"No policies were in force on {instant:%Y-%m-%d %H:%M} UTC; the first edition begins on "
            f"{line[0].in_force_from:%Y-%m-%d %H:%M} UTC. Ask for a later moment."
        )
    return _in_force(line[position - 1])


def edition_by_id(pk: int) -> EditionInForce:
    """The edition with primary key `pk`. Raises NoPolicyInForce when it is unknown, ForgedPolicy as above."""
    for edition in _line():
        if edition.pk == pk:
            return _in_force(edition)
    raise NoPolicyInForce(f"There is no edition with the id {pk}.")


def edition_with(workstream: str, number: int, *, last: bool = False) -> EditionInForce:
    """The edition that put a version in force; with `last` the one before the version was superseded.

    Raises NoPolicyInForce when no edition has that version, ForgedPolicy as above.
    """
    found = [edition for edition in _line() if edition.versions.get(workstream) == number]
    if not found:
        raise NoPolicyInForce(f"No edition put {workstream} v{number} in force.")
    return _in_force(found[-1 if last else 0])


def newest_edition() -> EditionInForce | None:
    """The edition with the highest number, in force already or not; None = nothing is published."""
    line = _line()
    return _in_force(line[-1]) if line else None


def policy_versions(workstream: str = "") -> QuerySet[PolicyVersion]:
    """Versions of a workstream (all when empty), newest first, without their contents."""
    versions = PolicyVersion.objects.defer("content").order_by("-published_at", "workstream", "-number")
    return versions.filter(workstream=workstream) if workstream else versions


def version_seals() -> dict[tuple[str, int], str]:
    """Seals of all versions by (workstream, number)."""
    rows = PolicyVersion.objects.values_list("workstream", "number", "seal")
    return {(workstream, number): seal for workstream, number, seal in rows}


def _line() -> list[Edition]:
    """All editions by number, verified, from the memo where there is one."""
    current = _memo.get()
    if current is not None and current.line is not None:
        return current.line
    line = sorted(Edition.objects.order_by(), key=attrgetter("number"))
    fingerprint = tuple(_row(edition) for edition in line)
    if fingerprint != _process.line:
        with _alarm():
            check_line(line, partial(check_edition, seals=version_seals() if line else {}))
        _process.line = fingerprint
    if current is not None:
        current.line = line
    return line


def _row(edition: Edition) -> tuple[object, ...]:
    """Every column, in a form that can be compared."""
    sealed = (edition.previous_seal, edition.seal, edition.signature, edition.key_id)
    return (edition.pk, edition.number, edition.in_force_from, canonical_json(edition.versions), *sealed)


def _in_force(edition: Edition) -> EditionInForce:
    key = (edition.pk, edition.seal)
    found = _editions.get(key)
    if found is None:
        with _alarm():
            found = _load(edition)
        while len(_editions) >= KEPT:
            _editions.pop(next(iter(_editions)), None)
        _editions[key] = found
    return found


def _load(edition: Edition) -> EditionInForce:
    wanted = [Q(workstream=workstream, number=number) for workstream, number in edition.versions.items()]
    versions = list(PolicyVersion.objects.filter(reduce(Q.__or__, wanted)))
    for version in versions:
        check_version(version)
    check_edition(edition, {(v.workstream, v.number): v.seal for v in versions})
    documents = Documents(registry.parse(version.workstream, version.content) for version in versions)
    return EditionInForce(
        edition.pk, edition.number, edition.in_force_from, dict(edition.versions), documents
    )


@contextmanager
def _alarm() -> Iterator[None]:
    try:
        yield
    except ForgedPolicy as error:
        logger.exception("Refused: %s", error.link)
        raise
