"""Cross-checks of the charter and the glossary: roles, workstreams, criteria, required fields, moves."""

from collections.abc import Iterable

from glossary.choices import Workstream
from glossary.engine.base import duplicates
from glossary.engine.charter import CharterDocument
from glossary.engine.criteria_checks import check_criteria
from glossary.engine.documents import GlossaryDocument, Stage, StageKind
from glossary.engine.fields import ContractField, FieldType
from glossary.types import Documents, Finding
from people.choices import Role


def check_roles(where: str, roles: Iterable[str]) -> list[Finding]:
    """Findings for role keys that do not exist."""
    known = ", ".join(Role.values)
    return [
        Finding(where, f"there is no role {role!r}; the roles are {known}")
        for role in roles
        if role not in Role.values
    ]


def check_charter(documents: Documents) -> list[Finding]:
    """Roles exist, and every workstream has its RACI line."""
    charter = documents.get(CharterDocument)
    found = []
    for line in charter.raci:
        where = f"charter.raci.{line.workstream}"
        found += check_roles(where, (*line.responsible, *line.accountable, *line.consulted, *line.informed))
        found += _check_workstreams(where, [line.workstream])
    found += [
        Finding("charter.raci", f"the workstream {key!r} has no line; every workstream needs one")
        for key in Workstream.values
        if key not in charter.line_by_workstream
    ]
    found += check_roles("charter.validate", [charter.validate_.role])
    found += _check_workstreams("charter.validate", charter.validate_.workstreams)
    for beat in charter.rhythm:
        found += check_roles(f"charter.rhythm.{beat.every.value}", beat.owners)
    return found


def check_glossary(documents: Documents) -> list[Finding]:
    """Every stage and move holds together with the data contract."""
    glossary = documents.get(GlossaryDocument)
    found = []
    for stage in glossary.stages:
        found += _check_stage(stage, glossary)
    twice = duplicates([f"{move.from_} → {move.to}" for move in glossary.moves])
    found += [
        Finding("glossary.moves", f"the move {ends} is listed twice; join its movers in one")
        for ends in twice
    ]
    funnel = glossary.funnel()
    if not funnel:
        found.append(
            Finding("glossary.stages", "no stage is a funnel stage; leads would have nowhere to begin")
        )
    for position in sorted(
        {s.position for s in funnel if [x.position for x in funnel].count(s.position) > 1}
    ):
        found.append(
            Finding("glossary.stages", f"two funnel stages share the position {position}; give each its own")
        )
    for field in glossary.fields:
        found += _check_aliases(field)
    return found


def _check_workstreams(where: str, keys: Iterable[str]) -> list[Finding]:
    known = ", ".join(Workstream.values)
    return [
        Finding(where, f"there is no workstream {key!r}; they are {known}")
        for key in keys
        if key not in Workstream.values
    ]


def _check_stage(stage: Stage, glossary: GlossaryDocument) -> list[Finding]:
    where = f"glossary.stages.{stage.key}"
    fields = glossary.field_by_key
    found = check_roles(f"{where}.owner_roles", stage.owner_roles)
    found += check_criteria(f"{where}.entry", stage.entry.criteria(), fields)
    found += [
        Finding(
            f"{where}.required_fields", f"the field {key!r} is not in the data contract; add it there first"
        )
        for key in stage.required_fields
        if key not in fields
    ]
    arrives = any(move.to == stage.key for move in glossary.moves)
    first = glossary.funnel()[:1]
    if not arrives and stage not in first and stage.kind is not StageKind.OUTCOME:
        found.append(Finding(where, "no move leads here; add one or drop the stage"))
    return found


def _check_aliases(field: ContractField) -> list[Finding]:
    """Spellings are matched without case: two that differ only in case must lead to the same value."""
    if field.type is not FieldType.CHOICE:
        return []
    seen: dict[str, str] = {}
    found = []
    for spelling, value in [*((value, value) for value in field.values), *field.aliases.items()]:
        other = seen.setdefault(spelling.casefold(), value)
        if other != value:
            where = f"glossary.fields.{field.key}"
            found.append(
                Finding(where, f"the spelling {spelling!r} leads to {other!r} and to {value!r}; keep one")
            )
    return found
