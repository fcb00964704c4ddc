"""Known document types, reading documents from plain data, and the checks across all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from glossary.choices import Workstream
from glossary.engine.base import PolicyDocument
from glossary.engine.diff import Grader
from glossary.exceptions import DocumentRefused
from glossary.registry.tables import Table
from glossary.types import Documents, Finding


@dataclass(frozen=True, slots=True)
class DocumentType:
    """The document of one workstream.

    Attributes:
        check: given all documents of an edition, what is wrong with the references of this one.
        tables: its draft rows.
        grader: grades changes that only the owning app can grade; see glossary.engine.diff.
        back_tested: its content decides which leads enter a stage, so a change is measured on history, and
            whoever validates it names the back-test.
    """

    workstream: str
    document_class: type[PolicyDocument]
    check: Callable[[Documents], list[Finding]]
    tables: tuple[Table, ...]
    grader: Grader | None = None
    back_tested: bool = False


_types: dict[str, DocumentType] = {}


def register(document_type: DocumentType) -> None:
    """Make a document type known. Raises ValueError for an unknown or an already taken workstream."""
    if document_type.workstream not in Workstream.values:
        raise ValueError(
            f"{document_type.workstream!r} is no workstream; known: {', '.join(Workstream.values)}"
        )
    known = _types.setdefault(document_type.workstream, document_type)
    if known.document_class is not document_type.document_class:
        raise ValueError(f"the workstream {document_type.workstream!r} is already registered")


def document_types() -> dict[str, DocumentType]:
    """Registered types by workstream, in the order of the workstreams."""
    return {key: _types[key] for key in Workstream.values if key in _types}


def document_type(workstream: str) -> DocumentType:
    """The type of a workstream. Raises DocumentRefused naming the known ones."""
    if workstream not in _types:
        known = ", ".join(document_types())
        raise DocumentRefused([Finding(workstream, f"there is no such workstream; known are {known}")])
    return _types[workstream]


def is_back_tested(workstream: str) -> bool:
    """Whether changes of a workstream are measured on history; an unknown one is not."""
    return workstream in _types and _types[workstream].back_tested


def parse(workstream: str, data: Mapping[str, object] | str) -> PolicyDocument:
    """Read a document from plain data, or from its JSON text.

    Raises DocumentRefused with one finding per problem: its place in the document, the value, what is wrong.
    """
    document_class = document_type(workstream).document_class
    try:
        if isinstance(data, str):
            return document_class.model_validate_json(data)
        return document_class.model_validate(data)
    except ValidationError as error:
        raise DocumentRefused(_findings(workstream, error)) from error


def check(documents: Documents) -> list[Finding]:
    """Every finding of every registered check: references are tested both ways."""
    return [finding for item in document_types().values() for finding in item.check(documents)]


def _findings(workstream: str, error: ValidationError) -> list[Finding]:
    findings = []
    for problem in error.errors(include_url=False, include_context=False):
        where = ".".join([workstream, *(str(part) for part in problem["loc"])])
        value = problem["input"]
        shown = f" (given: {value!r})" if isinstance(value, str | int | float | bool) else ""
        said = problem["msg"].removeprefix("Value error, ")  # pydantic's words for a check of ours
        findings.append(Finding(where, f"{said}{shown}"))
    return findings
