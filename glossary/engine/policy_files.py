"""Policies as files: an envelope of workstream, base version and document, as YAML or JSON.

workstream: scoring
base_version: 3        # the version that the file was made from; later ones are merged with it
document: {…}          # as docs/schemas/scoring.json describes it
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import yaml

from glossary.engine.base import PolicyDocument
from glossary.engine.strict_yaml import read_yaml
from glossary.types import Finding

LARGEST = 1_000_000
# JSON lets these stand in a text as they are; read as YAML they would be refused or folded into a space.
_UNLIKE_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
NAMES = frozenset({"workstream", "base_version", "document"})


class FileUnreadable(ValueError):
    """A file that is no policy file.

    Attributes:
        findings: what is wrong, each with its place.
    """

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(map(str, findings)))


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What a file says.

    Attributes:
        base_number: None = the file does not say from which version it was made.
        data: of the document, plain and not yet validated.
    """

    workstream: str
    base_number: int | None
    data: dict[str, Any]


def read_policy_file(text: str) -> PolicyFile:
    """Read a policy file; JSON is YAML too. Raises FileUnreadable naming the place and the way out."""
    if len(text) > LARGEST:
        raise FileUnreadable(
            [Finding("file", f"it has {len(text):,} characters; a policy file has {LARGEST:,} at most")]
        )
    try:
        found = read_yaml(text)
    except ValueError as error:
        raise FileUnreadable([Finding("file", str(error))]) from error
    if not isinstance(found, dict):
        raise FileUnreadable([Finding("file", "it must hold `workstream:` and `document:` at its top")])
    problems = [
        Finding(str(name), f"there is no such entry; a policy file has {', '.join(sorted(NAMES))}")
        for name in found
        if name not in NAMES
    ]
    problems += _wrong(found)
    if problems:
        raise FileUnreadable(problems)
    return PolicyFile(found["workstream"], found.get("base_version"), found["document"])


def _wrong(found: dict[Any, Any]) -> list[Finding]:
    problems = []
    if not isinstance(found.get("workstream"), str):
        problems.append(Finding("workstream", "name the workstream, for example `workstream: scoring`"))
    base = found.get("base_version")
    if base is not None and (isinstance(base, bool) or not isinstance(base, int) or base < 1):
        problems.append(Finding("base_version", f"{base!r} is not a version number such as 3"))
    if not isinstance(found.get("document"), dict):
        problems.append(Finding("document", "the document must be a mapping; `policy export` shows one"))
    return problems


def policy_text(workstream: str, number: int, document: PolicyDocument, form: str = "yaml") -> str:
    """A document as the text of a policy file, without what has its default.

    Args:
        number: of the version that the document is.
        form: `yaml` or `json`.
    """
    data = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    envelope = {"workstream": workstream, "base_version": number, "document": data}
    if form == "json":
        text = json.dumps(envelope, ensure_ascii=False, indent=2)
        return _UNLIKE_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
    return yaml.safe_dump(envelope, sort_keys=False, allow_unicode=True, width=110)


def schema_text(workstream: str, document_class: type[PolicyDocument]) -> str:
    """The JSON Schema of a policy file of one workstream."""
    document = document_class.model_json_schema(by_alias=True)
    definitions = document.pop("$defs", {})
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Concord policy file: {workstream}",
        "type": "object",
        "additionalProperties": False,
        "required": ["workstream", "document"],
        "properties": {
            "workstream": {"const": workstream},
            "base_version": {"type": "integer", "minimum": 1},
            "document": document,
        },
        "$defs": definitions,
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
