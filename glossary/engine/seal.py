"""Sealing: canonical JSON, digests, the hashed headers of versions and editions, and HMAC signatures.

A seal is the SHA-256 of a header; the header contains the seal before it, so that the rows of a line form a
chain. The signature is the HMAC-SHA256 of the seal. Digests alone would only show accidents: who can change a
row can also recompute a digest, but cannot sign without a policy key.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from glossary.engine.base import PolicyDocument

KEY_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class VersionHeader:
    """What a version's seal covers: everything that says what it is and who put it in force."""

    workstream: str
    number: int
    content_digest: str
    title: str
    why: str
    in_force_from: datetime
    published_at: datetime
    published_by_name: str
    warrant: Mapping[str, object]
    previous_seal: str

    def seal(self) -> str:
        """SHA-256 (hex) of the header."""
        return digest(canonical_json({"kind": "version", **_plain(self)}))


@dataclass(frozen=True, slots=True)
class EditionHeader:
    """What an edition's seal covers; `version_seals` ties it to the very rows, not only to their numbers."""

    number: int
    in_force_from: datetime
    versions: Mapping[str, int]
    version_seals: Mapping[str, str]
    previous_seal: str

    def seal(self) -> str:
        """SHA-256 (hex) of the header."""
        return digest(canonical_json({"kind": "edition", **_plain(self)}))


def _plain(header: VersionHeader | EditionHeader) -> dict[str, object]:
    values = {name: getattr(header, name) for name in header.__dataclass_fields__}
    return {name: instant_text(v) if isinstance(v, datetime) else v for name, v in values.items()}


def instant_text(instant: datetime) -> str:
    """An instant in UTC with microseconds: the one spelling that is hashed. Naive values raise ValueError."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; sealed instants need one")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def canonical_json(document: PolicyDocument | Mapping[str, object]) -> str:
    """The one JSON text of a document: keys sorted, no spaces, not escaped, defaults written out.

    Raises ValueError on NaN and infinities, which JSON does not have.
    """
    if isinstance(document, PolicyDocument):
        document = document.model_dump(mode="json", by_alias=True, exclude_defaults=False)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def key_id(key: str) -> str:
    """A short public name of a key, from which the key cannot be found."""
    return digest(f"concord policy key id\n{key}")[:KEY_ID_LENGTH]


def sign(seal: str, key: str) -> str:
    """HMAC-SHA256 of the seal, hex. Raises ValueError on an empty key."""
    if not key:
        raise ValueError("the policy key is empty; set CONCORD_POLICY_KEYS")
    return hmac.new(key.encode(), seal.encode(), hashlib.sha256).hexdigest()


def verify(seal: str, signature: str, signed_with: str, keys: Sequence[str]) -> bool:
    """Whether `signature` is that of `seal` under the key named `signed_with`, which must be among `keys`."""
    for key in keys:
        if key and key_id(key) == signed_with:
            return hmac.compare_digest(sign(seal, key), signature)
    return False
