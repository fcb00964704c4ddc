"""What the forms of a draft offer: fields, stages, KPIs, thresholds and behaviours, by key and name.

From the draft itself where it holds them, else from the documents in force.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.db.models.options import Options
from pydantic import ValidationError

from glossary.choices import Workstream
from glossary.engine.base import PolicyDocument
from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import DERIVED_FIELDS
from glossary.engine.fields import ContractField as ContractFieldPart
from glossary.engine.words import humanised
from glossary.models import ChangeRequest, ContractField, PolicyVersion, Term
from glossary.models.draft_base import DraftRow
from glossary.queries.editions import edition_at
from glossary.queries.terms import thresholds
from glossary.registry import DocumentType, Table, document_types
from glossary.registry.rows import item_data


@dataclass(frozen=True, slots=True)
class Names:
    """What exists for one draft.

    Attributes:
        fields: contract and derived fields by key.
        stages: key → name.
        kpis: key → label.
        thresholds: key → score.
        behaviours: key → words.
        more: other collections that an app adds, e.g. queues: key → name.
    """

    fields: Mapping[str, ContractFieldPart]
    stages: Mapping[str, str]
    kpis: Mapping[str, str]
    thresholds: Mapping[str, float]
    behaviours: Mapping[str, str]
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def offered(self, collection: str) -> Mapping[str, str]:
        """A collection as key → name; an app's own by its name in `more`."""
        if collection == "fields":
            return {key: item.label for key, item in self.fields.items()}
        if collection == "contract":
            return {k: item.label for k, item in self.fields.items() if k not in DERIVED_FIELDS}
        if collection in self.more:
            return self.more[collection]
        found: Mapping[str, str] = getattr(self, collection)
        return found


@dataclass(frozen=True, slots=True)
class Drafting:
    """What a form of a draft needs to know.

    Attributes:
        base: plain data of the version that the draft was made from; empty = there is none.
    """

    request: ChangeRequest
    names: Names
    base: Mapping[str, Any]


def names_for(request: ChangeRequest, now: datetime) -> Names:
    """The names for a draft. Raises NoPolicyInForce or ForgedPolicy."""
    edition = edition_at(now)
    glossary = edition.document(GlossaryDocument)
    documents = [item for item in edition.documents if isinstance(item, PolicyDocument)]
    own = request.workstream == Workstream.GLOSSARY
    stages = own_stages(request) if own else {stage.key: stage.name for stage in glossary.stages}
    return Names(
        fields=own_fields(request) if own else glossary.field_by_key,
        stages=stages,
        kpis={key: label for item in documents for key, label in item.named_kpis().items()},
        thresholds=thresholds(documents),
        behaviours={key: humanised(key) for item in documents for key in item.named_behaviours()},
    )


def own_stages(request: ChangeRequest) -> dict[str, str]:
    """Stages of a glossary draft: key → name."""
    rows = Term.objects.filter(request=request).order_by("step", "position", "pk")
    return {key: name or key for key, name in rows.values_list("key", "name") if key}


def own_fields(request: ChangeRequest) -> dict[str, ContractFieldPart]:
    """Contract fields of a glossary draft with the derived ones; rows that are no field yet are left out."""
    _, table = table_of(ContractField)
    found = {}
    for row in ContractField.objects.filter(request=request):
        try:
            part = ContractFieldPart.model_validate(item_data(table, row))
        except ValidationError:
            continue
        found[part.key] = part
    return {**found, **DERIVED_FIELDS}


def base_data(request: ChangeRequest) -> dict[str, Any]:
    """Plain data of the version that the draft was made from; empty when there is none."""
    rows = PolicyVersion.objects.filter(workstream=request.workstream, number=request.base_number)
    content = rows.values_list("content", flat=True).first()
    data: dict[str, Any] = json.loads(content) if content else {}
    return data


def draft_models() -> dict[type[DraftRow], tuple[DocumentType, Table]]:
    """Every model of draft rows, with the document and the table that it stands for."""
    return {table.model: (kind, table) for kind in document_types().values() for table in kind.tables}


def table_of(model: type[DraftRow]) -> tuple[DocumentType, Table]:
    """The document type and table of a model. Raises KeyError for a model of no table."""
    return draft_models()[model]


def rows_of(model: type[DraftRow], change: ChangeRequest) -> "QuerySet[Any]":
    """The rows of one draft in a table."""
    manager: Manager[Any] = model._default_manager  # noqa: SLF001  (Django documents it for this use)
    return manager.filter(request=change)


def about(model: type[Model] | Model) -> "Options[Any]":
    """What Django knows of a model: its names and its app."""
    return model._meta  # noqa: SLF001  (Django documents it for this use)
