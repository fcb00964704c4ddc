"""Noting which stages a version changed, when it is published; and noting it anew for every version."""

import json
from collections.abc import Iterable
from functools import reduce

from django.db import transaction
from django.db.models import Q

from glossary import registry
from glossary.choices import Workstream
from glossary.engine.affected import affected
from glossary.engine.base import PolicyDocument
from glossary.engine.diff import diff
from glossary.exceptions import NoPolicyInForce
from glossary.models import Edition, PolicyVersion, VersionTouch
from glossary.types import Documents

STAGES = "stages"


def record_touches(version: PolicyVersion) -> None:
    """Note which stages `version` changed: their definitions, or something these use.

    Call it in the transaction that wrote the version and its edition. The first version of the glossary
    changes every stage that it defines. What was noted of this version before is replaced.
    """
    direct = _changed_definitions(version)
    rest = _affected(version) - direct
    with transaction.atomic():
        VersionTouch.objects.filter(version=version).delete()
        VersionTouch.objects.bulk_create(
            [*_rows(version, direct, is_direct=True), *_rows(version, rest, is_direct=False)], batch_size=500
        )


def record_all_touches() -> int:
    """Note the touches of every version anew, for a table that was emptied or restored; gives their number."""
    versions = PolicyVersion.objects.order_by("workstream", "number")
    for version in versions.iterator(chunk_size=20):
        record_touches(version)
    return VersionTouch.objects.count()


def _rows(version: PolicyVersion, stages: Iterable[str], *, is_direct: bool) -> list[VersionTouch]:
    return [VersionTouch(version=version, stage=key, is_direct=is_direct) for key in sorted(stages)]


def _changed_definitions(version: PolicyVersion) -> set[str]:
    """Stages that were added, removed or worded anew against the version before."""
    if version.workstream != Workstream.GLOSSARY:
        return set()
    before = _before(version)
    was, now = _stages(before.content if before else None), _stages(version.content)
    return {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}


def _stages(content: str | None) -> dict[str, object]:
    return {stage["key"]: stage for stage in json.loads(content)[STAGES]} if content else {}


def _affected(version: PolicyVersion) -> set[str]:
    """Stages that the difference to the version before reaches, by a move, a field, a threshold or a grade."""
    before = _before(version)
    if before is None:
        return set()
    beside = _documents_beside(version)
    old = registry.parse(version.workstream, before.content)
    new = registry.parse(version.workstream, version.content)
    after = Documents([*beside, new])
    differences = diff(old, new, before=Documents([*beside, old]), after=after)
    return {*affected(differences, after).stages}


def _documents_beside(version: PolicyVersion) -> list[PolicyDocument]:
    """Documents of the edition that put the version in force; read past the caches, which publishing empties."""
    edition = (
        Edition.objects.filter(**{f"versions__{version.workstream}": version.number})
        .order_by("number")
        .first()
    )
    if edition is None:
        raise NoPolicyInForce(f"No edition put {version} in force, so what it reaches cannot be told.")
    wanted = [Q(workstream=workstream, number=number) for workstream, number in edition.versions.items()]
    rows = PolicyVersion.objects.filter(reduce(Q.__or__, wanted))
    return [registry.parse(row.workstream, row.content) for row in rows]


def _before(version: PolicyVersion) -> PolicyVersion | None:
    return PolicyVersion.objects.filter(workstream=version.workstream, number=version.number - 1).first()
