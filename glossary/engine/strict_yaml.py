"""YAML as policies are written in it: plain data only, no surprises.

Unlike YAML 1.1, `on`, `yes` and `NO` (Norway) stay words and dates stay text; a key given twice is an error, and
so is an alias: a few lines of aliases can stand for gigabytes.
"""

import json
import re
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """The safe loader with its guesses taken away (see below)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """As usual, but refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]  # PyYAML's own
            raise yaml.YAMLError(f"line {line}: aliases (`*name`) are not read; write the value out")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


_GUESSED = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _GUESSED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    pairs = [(loader.construct_object(k, deep=True), k.start_mark.line + 1, v) for k, v in node.value]
    found: dict[Any, Any] = {}
    for key, line, value in pairs:
        if isinstance(key, dict | list):
            raise yaml.YAMLError(f"line {line}: a key must be a word or a number, not a list or a mapping")
        if key in found:
            raise yaml.YAMLError(f"line {line}: the key {key!r} is given twice")
        found[key] = loader.construct_object(value, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(text: str) -> object:
    """Plain data from YAML text. Raises ValueError saying where it cannot be read."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader with fewer guesses)
        json.dumps(found, ensure_ascii=False, default=str, skipkeys=True).encode()
        return found
    except UnicodeEncodeError as error:
        raise ValueError(
            "a text has half of a character (an escape from \\ud800 to \\udfff); drop it"
        ) from error
    except yaml.YAMLError as error:
        raise ValueError(f"this is not readable YAML: {error}") from error
    except RecursionError as error:
        raise ValueError("this is nested too deeply to be a policy") from error
