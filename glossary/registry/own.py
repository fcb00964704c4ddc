"""The draft tables of the two documents that glossary itself owns: the charter and the glossary."""

from glossary.engine.charter import Beat, CharterDocument, RaciLine
from glossary.engine.documents import Move, Stage
from glossary.engine.fields import ContractField as ContractFieldPart
from glossary.models import (
    CharterSettings,
    Confirmation,
    ContractField,
    Criterion,
    RaciEntry,
    RequiredField,
    RhythmBeat,
    StageMove,
    Term,
)
from glossary.registry.tables import Child, Shape, Table

CHARTER = (
    Table(
        path="raci",
        model=RaciEntry,
        part=RaciLine,
        columns={
            name: name for name in ("workstream", "responsible", "accountable", "consulted", "informed")
        },
    ),
    Table(
        path="",
        model=CharterSettings,
        part=CharterDocument,
        shape=Shape.ROOT,
        columns={
            "validate.role": "validate_role",
            "validate.workstreams": "validate_workstreams",
            "consult_days": "consult_days",
            "expire_days": "expire_days",
            "emergency.people": "emergency_people",
            "emergency.ratify_days": "ratify_days",
        },
    ),
    Table(
        path="rhythm",
        model=RhythmBeat,
        part=Beat,
        columns={name: name for name in ("every", "on", "focus", "produces", "owners")},
    ),
)

GLOSSARY = (
    Table(
        path="stages",
        model=Term,
        part=Stage,
        columns={
            "key": "key",
            "name": "name",
            "short": "short",
            "kind": "kind",
            "position": "step",
            "definition": "definition",
            "owner_roles": "owner_roles",
            "signals": "signals",
            "kpis": "kpis",
            "qualification": "qualification",
            "exit": "exit",
        },
        criteria={"entry": Criterion},
        children={
            "entry.confirm": Child(Confirmation, {name: name for name in ("key", "label", "needs")}),
            "required_fields": Child(RequiredField, {"value": "field"}, Shape.WORDS),
        },
    ),
    Table(
        path="moves",
        model=StageMove,
        part=Move,
        columns={"from": "from_key", "to": "to_key", "by": "by"},
    ),
    Table(
        path="fields",
        model=ContractField,
        part=ContractFieldPart,
        columns={
            name: name
            for name in (
                "key",
                "label",
                "type",
                "values",
                "aliases",
                "strict",
                "store",
                "help",
                "personal",
                "keep_days",
                "after_outcome",
            )
        },
    ),
)
