"""Mappings as text (YAML or JSON) and checked against a file's headings and the policy in force."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from pydantic import ValidationError
from rapidfuzz import fuzz, process

from glossary.engine.documents import GlossaryDocument
from routing.engine.contract import DECIDED_HERE
from routing.engine.mapping import MappingSpec, StageTarget, Unmapped

MAX_CHARACTERS = 256 * 1024
_NEAR = 60


class MappingRefused(ValueError):
    """A mapping that cannot be used, with every reason."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = list(messages)
        super().__init__(" ".join(self.messages))


def parse_mapping(data: Any, name: str = "The mapping") -> MappingSpec:
    """A mapping from plain data; raises MappingRefused with every problem and its place."""
    if not isinstance(data, dict):
        raise MappingRefused([f"{name} must be a YAML or JSON object with the keys mode and columns."])
    try:
        return MappingSpec.model_validate(data)
    except ValidationError as error:
        raise MappingRefused([_line(name, item) for item in error.errors()]) from None


def parse_mapping_text(text: str, name: str = "The mapping") -> MappingSpec:
    """A mapping from YAML or JSON text (JSON is YAML); raises MappingRefused."""
    if len(text) > MAX_CHARACTERS:
        raise MappingRefused([f"{name} is longer than {MAX_CHARACTERS:,} characters, so it is no mapping."])
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise MappingRefused(
                [f"{name} uses YAML aliases (*name), which are not allowed. Write the value out."]
            )
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise MappingRefused(
            [f"{name} is no valid YAML or JSON{where}: {getattr(error, 'problem', error)}."]
        ) from None
    except (RecursionError, ValueError) as error:
        raise MappingRefused([f"{name} cannot be read: {error}."]) from None
    return parse_mapping(data, name)


def _line(name: str, item: Any) -> str:
    place = ".".join(str(part) for part in item["loc"] if part not in {"field", "stage_entered"})
    message = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message = "is not known here; check the spelling"
    return f"{name}, {place}: {message}." if place else f"{name}: {message}."


def nearest(word: str, known: Sequence[str]) -> str:
    """The entry of `known` most like `word`; empty when none is near."""
    found = process.extractOne(word.casefold(), {item: item.casefold() for item in known}, scorer=fuzz.WRatio)
    return found[2] if found and found[1] >= _NEAR else ""


def problems(spec: MappingSpec, headings: Sequence[str], glossary: GlossaryDocument) -> list[str]:
    """Why `spec` does not fit a file with `headings` under `glossary`; empty when it does."""
    return [
        *_missing_columns(spec, headings),
        *_unmapped_columns(spec, headings),
        *_unknown_stages(spec, glossary),
        *_unknown_fields(spec, glossary),
    ]


def _missing_columns(spec: MappingSpec, headings: Sequence[str]) -> list[str]:
    lines = []
    for heading in spec.wanted:
        if heading not in headings:
            near = nearest(heading, headings)
            hint = f"the nearest heading is {near!r}" if near else f"it has {', '.join(headings[:20])}"
            lines.append(
                f"The file has no column {heading!r}; {hint}. Change the mapping, or the heading in the file."
            )
    return lines


def _unmapped_columns(spec: MappingSpec, headings: Sequence[str]) -> list[str]:
    strangers = [heading for heading in headings if heading not in spec.columns]
    if not strangers or spec.unmapped is Unmapped.IGNORE:
        return []
    return [
        (
            f"The mapping says nothing about these columns: {', '.join(strangers[:20])}. "
            "Map them, ignore them one by one, or set unmapped: ignore."
        )
    ]


def _unknown_stages(spec: MappingSpec, glossary: GlossaryDocument) -> list[str]:
    known = glossary.stage_by_key
    return [
        f"Column {heading!r} is mapped to the stage {target.stage_entered!r}, which the glossary in force "
        f"does not define. Known stages: {', '.join(known)}."
        for heading, target in spec.columns.items()
        if isinstance(target, StageTarget) and target.stage_entered not in known
    ]


def _unknown_fields(spec: MappingSpec, glossary: GlossaryDocument) -> list[str]:
    known = {field.key for field in glossary.fields}
    asked: Mapping[str, str] = dict.fromkeys(spec.constants, "a constant") | {
        key: f"column {heading!r}" for heading, key in spec.fields.items()
    }
    lines = []
    for key, where in asked.items():
        if key in DECIDED_HERE and key not in known:
            lines.append(
                f"The field {key!r} ({where}) is decided by Concord and cannot be imported. Ignore it."
            )
        elif key not in known:
            near = nearest(key, sorted(known))
            hint = f" Did you mean {near!r}?" if near else ""
            lines.append(f"The field {key!r} ({where}) is not in the data contract.{hint}")
    return lines
