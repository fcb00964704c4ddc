"""The sealed warrant of a version, read out: who proposed, who signed in which role, and emergencies.

Warrants are plain JSON that was sealed with the version; those of other years may know less. Reading them is
tolerant: what is not there, or has another shape, is empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

FOUNDING, CHANGE_REQUEST = "founding", "change_request"


@dataclass(frozen=True, slots=True)
class Signature:
    """One sign-off as it was sealed.

    Attributes:
        by: name of who signed.
        on_behalf_of: name of who had delegated it; empty = signed in one's own role.
        at: None = not told.
        back_test: number of the back-test that a validation rests on; None = none.
    """

    duty: str
    role: str
    by: str
    on_behalf_of: str = ""
    at: datetime | None = None
    back_test: int | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """Why the usual order was left, and until when the missing sign-offs are due (None = not told)."""

    why: str
    ratify_by: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """What a warrant tells.

    Attributes:
        kind: founding, change_request, or whatever the warrant calls itself.
        request: number of the change request; None = there was none.
        author: who proposed; empty = nobody did.
        others: who else wrote a part of it.
    """

    kind: str = ""
    request: int | None = None
    author: str = ""
    others: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    emergency: Emergency | None = None

    def people(self) -> frozenset[str]:
        """Names of everybody who wrote or signed."""
        signers = {name for item in self.signatures for name in (item.by, item.on_behalf_of)}
        return frozenset({self.author, *self.others, *signers} - {""})


def read_warrant(warrant: object) -> Story:
    """The story of a warrant; an empty one for anything that is no warrant."""
    if not isinstance(warrant, Mapping):
        return Story()
    author = _text(warrant.get("author"))
    return Story(
        kind=_text(warrant.get("kind")),
        request=_number(warrant.get("request")),
        author=author,
        others=tuple(
            name for name in map(_text, _items(warrant.get("contributors"))) if name not in {"", author}
        ),
        signatures=tuple(
            _signature(item) for item in _items(warrant.get("signoffs")) if isinstance(item, Mapping)
        ),
        emergency=_emergency(warrant.get("emergency")),
    )


def _signature(item: Mapping[object, object]) -> Signature:
    texts = {name: _text(item.get(name)) for name in ("duty", "role", "by")}
    return Signature(
        **texts,
        on_behalf_of=_text(item.get("for")),
        at=_instant(item.get("at")),
        back_test=_number(item.get("back_test")),
    )


def _emergency(item: object) -> Emergency | None:
    if not isinstance(item, Mapping):
        return None
    return Emergency(_text(item.get("why")), _instant(item.get("ratify_by")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
