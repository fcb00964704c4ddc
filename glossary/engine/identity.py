"""What makes two items of two documents the same item, and what people call it. Works on plain data."""

import json
from collections.abc import Mapping, Sequence

from glossary.choices import Workstream
from glossary.engine.fields import DERIVED_FIELDS
from glossary.engine.words import capitalised
from people.choices import Role

# What identifies an item of a list, the first that it has; moves go by their two ends.
IDENTIFIERS = ("key", "workstream", "grade", "every", "at")
# Mappings whose entries are items of their own; any other object at the root counts as one item.
ENTRIES = frozenset({"thresholds", "group_caps"})
ARROW = "→"
# Address of the order of a list: `fit.order`.
ORDER = "order"
# What the keys in these attributes name.
REFERS = {
    **dict.fromkeys(("stage", "stages", "from", "to"), "stages"),
    **dict.fromkeys(("field", "required_fields", "dimensions"), "fields"),
    **dict.fromkeys(("queue", "fallback"), "queues"),
    **dict.fromkeys(("role", "owner_roles", "owners"), "roles"),
    **dict.fromkeys(("responsible", "accountable", "consulted", "informed"), "roles"),
    **dict.fromkeys(("workstream", "workstreams"), "workstreams"),
    "kpis": "kpis",
}
_SECTIONS = {
    "fit": "ICP grades",
    "intent": "Intent rules",
    "kpis": "KPIs",
    "raci": "RACI",
    "sla": "SLA targets",
    "reroute": "Re-routing",
    "validate": "Validation",
}
_ITEMS = {
    "thresholds": "Threshold {}",
    "group_caps": "Cap of the group {}",
    "raci": "RACI of {}",
    "fit": "ICP grade {}",
    "rhythm": "Every {}",
}

Plain = Mapping[str, object]


def same(one: object, other: object) -> bool:
    """Whether two pieces of plain data have the same JSON: 1, 1.0 and true differ, as their digests do."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def is_list_of_parts(*values: object) -> bool:
    """Whether these versions of an attribute are lists of items, and not of plain values."""
    return any(isinstance(v, Sequence) and any(isinstance(x, Mapping) for x in v) for v in values)


def parts(value: object) -> list[Plain]:
    """The items of a list of items; of anything else none."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [item for item in items if isinstance(item, Mapping)]


def identity(part: Plain) -> str:
    """What identifies an item within its list, e.g. `mql`, or `lead→mql` of a move."""
    for name in IDENTIFIERS:
        if part.get(name) not in (None, ""):
            return str(part[name])
    return ARROW.join(str(part.get(end, "")) for end in ("from", "to"))


def by_identity(value: object) -> dict[str, Plain]:
    """The items of a list by their identity; a second one of the same identity gets a number: `week#2`."""
    found: dict[str, Plain] = {}
    for part in parts(value):
        name, count = identity(part), 1
        unique = name
        while unique in found:
            count += 1
            unique = f"{name}#{count}"
        found[unique] = part
    return found


class Names:
    """What people call things: stages, fields, queues, KPIs … of some documents, roles, workstreams.

    Args:
        documents: plain data; where two know the same key, the later one names it.
    """

    def __init__(self, *documents: Plain) -> None:
        self._names: dict[str, dict[str, str]] = {
            "roles": dict(Role.choices),
            "workstreams": dict(Workstream.choices),
            "fields": {key: field.label for key, field in DERIVED_FIELDS.items()},
        }
        for document in documents:
            for section, value in document.items():
                known = self._names.setdefault(section, {})
                known |= {str(p["key"]): name_of(p) for p in parts(value) if "key" in p}

    def of(self, attribute: str, key: str) -> str:
        """The name of what `key` refers to in an attribute, e.g. ("queue", "emea_sdr") → SDR EMEA."""
        return self._names.get(REFERS.get(attribute, ""), {}).get(key) or capitalised(key)

    def item(self, section: str, name: str, part: Plain | None = None) -> str:
        """What people call an item of a section (a list or a mapping), or with the name '' a root value."""
        if not name:
            return _SECTIONS.get(section) or capitalised(section)
        if part is not None and "from" in part and "key" not in part:
            return f" {ARROW} ".join(self.of(end, str(part.get(end, ""))) for end in ("from", "to"))
        called = name_of(part) if part is not None else capitalised(name)
        if section == "raci":
            called = self.of("workstream", name)
        return _ITEMS.get(section, "{}").format(called if section not in _LOWER else called.lower())


_LOWER = frozenset({"thresholds", "group_caps", "rhythm"})


def name_of(part: Plain) -> str:
    """Name or label of an item, else its key as words."""
    called = part.get("name") or part.get("label")
    return str(called) if called else capitalised(identity(part))
