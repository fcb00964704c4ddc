"""Verifying everything that was ever published, and comparing it with a head that was exported earlier.

The rows verify each other link by link. What they cannot show by themselves is that the newest ones were cut
off together, versions and editions alike; a head kept outside of the database shows that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings

from glossary.choices import Workstream
from glossary.engine.seal import canonical_json, digest, instant_text, key_id, sign, verify
from glossary.exceptions import ForgedPolicy, HeadUnreadable, PolicyError
from glossary.models import Edition, PolicyVersion
from glossary.queries.chain import VersionSeals, check_edition, check_line, check_version
from glossary.queries.editions import version_seals


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was verified."""

    versions: int
    editions: int


def verify_everything() -> Verified:
    """Check every version and every edition. Raises ForgedPolicy naming the first bad link.

    1. Each workstream's line, in order of the numbers: no gap, each row follows the one before, and content,
    seal and signature belong together. 2. The editions likewise, and that the versions they name are there.
    3. No version is left that no edition put in force.
    """
    versions = 0
    for workstream in Workstream.values:
        rows = PolicyVersion.objects.filter(workstream=workstream).order_by("number")
        versions += check_line(rows, check_version)
    _check_no_stranger()
    seals = version_seals()
    editions = list(Edition.objects.order_by("number"))
    check_line(editions, partial(check_edition, seals=seals))
    _check_all_in_force(seals, editions)
    return Verified(versions=versions, editions=len(editions))


def export_head(now: datetime) -> dict[str, object]:
    """The signed head: the newest edition and the newest version of each line, with their seals.

    Raises PolicyError when nothing is published.
    """
    edition = Edition.objects.order_by("-number").first()
    if edition is None:
        raise PolicyError("Nothing is published yet, so there is no head to export.")
    seals = version_seals()
    newest = dict(sorted(seals))
    head: dict[str, object] = {
        "edition": {"number": edition.number, "seal": edition.seal},
        "versions": {key: {"number": n, "seal": seals[key, n]} for key, n in newest.items()},
        "exported_at": instant_text(now),
    }
    key = settings.POLICY_KEYS[0]
    return {**head, "key_id": key_id(key), "signature": sign(_head_seal(head), key)}


def check_against(text: str) -> None:
    """Compare what is stored with an exported head.

    Args:
        text: the JSON that `export_head` gave.

    Raises:
        HeadUnreadable: it is no head, or its signature is not ours.
        ForgedPolicy: naming the row that the head knows and that is missing or another one now.
    """
    head = _read_head(text)
    for key, known in head.versions.items():
        stored = PolicyVersion.objects.filter(workstream=key, number=known.number).first()
        _compare(f"{key} v{known.number}", stored, known.seal)
    edition = Edition.objects.filter(number=head.edition.number).first()
    _compare(f"edition {head.edition.number}", edition, head.edition.seal)


@dataclass(frozen=True, slots=True)
class _Link:
    number: int
    seal: str


@dataclass(frozen=True, slots=True)
class _Head:
    edition: _Link
    versions: dict[str, _Link]


def _read_head(text: str) -> _Head:
    try:
        data = json.loads(text)
        signature, signed_with = data.pop("signature"), data.pop("key_id")
        head = _Head(_Link(**data["edition"]), {key: _Link(**link) for key, link in data["versions"].items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = "This file is no exported head; make one with `verify_policies --export-head`."
        raise HeadUnreadable(message) from error
    if not verify(_head_seal(data), str(signature), str(signed_with), settings.POLICY_KEYS):
        raise HeadUnreadable("The signature of this head was not made by a policy key we know.")
    return head


def _head_seal(head: Mapping[str, object]) -> str:
    return digest(canonical_json({"kind": "head", **head}))


def _compare(link: str, stored: PolicyVersion | Edition | None, seal: str) -> None:
    if stored is None:
        raise ForgedPolicy(link, "the exported head knows it, and it is missing")
    if stored.seal != seal:
        raise ForgedPolicy(link, "the exported head knows it with another seal")


def _check_no_stranger() -> None:
    stranger = PolicyVersion.objects.exclude(workstream__in=Workstream.values).first()
    if stranger is not None:
        raise ForgedPolicy(str(stranger), "there is no such workstream")


def _check_all_in_force(seals: VersionSeals, editions: list[Edition]) -> None:
    named = {(key, number) for edition in editions for key, number in edition.versions.items()}
    for key, number in sorted(seals.keys() - named):
        raise ForgedPolicy(f"{key} v{number}", "no edition put it in force; the edition that did is missing")
