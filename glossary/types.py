"""Plain data of the policies: findings, documents, the edition in force, publications and warrants."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a document, said so that its author can mend it.

    Attributes:
        where: path of the item, e.g. `glossary.stages.mql.entry`.
        message: what is wrong with which value, and the way out.
    """

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Documents:
    """The documents of one edition, asked for by their class."""

    def __init__(self, documents: Iterable[object]) -> None:
        self._by_class: dict[type, object] = {type(document): document for document in documents}

    def get(self, cls: type[D]) -> D:
        """The document of class `cls`. Raises KeyError naming the class when there is none."""
        document = self._by_class.get(cls)
        if not isinstance(document, cls):
            raise KeyError(f"no {cls.__name__} is among these documents")
        return document

    def __iter__(self) -> Iterator[object]:
        return iter(self._by_class.values())


@dataclass(frozen=True)
class EditionInForce:
    """Six verified documents that are in force together.

    Attributes:
        id: primary key of the edition, the stamp of log rows.
        in_force_from: the first instant at which it holds (UTC).
        versions: workstream key → version number.
    """

    id: int
    number: int
    in_force_from: datetime
    # Seals make id and number say what the rest is; comparing these two would only cost time.
    versions: dict[str, int] = field(compare=False)
    documents: Documents = field(compare=False)

    def document(self, cls: type[D]) -> D:
        """The document of class `cls`, e.g. `GlossaryDocument`."""
        return self.documents.get(cls)


@dataclass(frozen=True, slots=True)
class Publication:
    """What is said about a change when it is published.

    Attributes:
        in_force_from: None = from the moment of publishing.
    """

    title: str
    why: str
    in_force_from: datetime | None = None


class Warrant(Protocol):
    """What allows a publication: the founding act, or an approved change request."""

    def allow(self, digests: Mapping[str, str]) -> None:
        """Raise `PublishRefused` unless exactly these contents (workstream → digest) may be published."""

    def as_json(self) -> dict[str, object]:
        """The warrant as it is sealed with the version."""
