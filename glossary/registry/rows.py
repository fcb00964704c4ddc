"""Documents into draft rows and back. What is read back is plain data: validating it is the registry's job."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history

from glossary.models import ChangeRequest
from glossary.models.draft_base import ChildRow, CriterionRow, DraftRow, Place
from glossary.registry.known import document_type
from glossary.registry.tables import Child, Shape, Table
from people.models import User

Data = dict[str, Any]
FIELD_PARTS = ("kind", "field", "op", "value", "threshold")
Row = TypeVar("Row", bound=ChildRow)
BEHAVIOUR_PARTS = ("kind", "behaviour", "at_least", "within_days", "latest_before_days", "where")


def read_rows(request: ChangeRequest) -> Data:
    """The document of a draft as plain data, however unfinished. One query per table."""
    data: Data = {}
    for table in document_type(request.workstream).tables:
        rows = list(_manager(table.model).filter(request=request).order_by("position", "pk"))
        _put_table(data, table, _items(table, rows), rows)
    return data


def write_rows(request: ChangeRequest, data: Mapping[str, Any], *, user: User | None) -> None:
    """Replace the draft rows of a request by those of a document.

    Args:
        data: plain data of a valid document (defaults written out).
        user: whom the history names; None = the system.
    """
    reason = f"Change request {request.pk}: laid down anew"
    for table in document_type(request.workstream).tables:
        _manager(table.model).filter(request=request).delete()
        _write_table(request, table, _items_in(data, table), (user, reason))


def item_data(table: Table | Child, row: models.Model) -> Data:
    """One row as the part it stands for, without what lies in rows below it."""
    data: Data = {}
    for path, column in table.columns.items():
        value = getattr(row, column)
        if value is None or (value == "" and column in table.optional):
            continue
        _put(data, path, value)
    return data


def _items(table: Table, rows: list[DraftRow]) -> list[Data]:
    items = [item_data(table, row) for row in rows]
    at = {row.pk: item for row, item in zip(rows, items, strict=True)}
    for path, criteria in table.criteria.items():
        for pk, below in _below(criteria, at).items():
            _put(at[pk], path, {**_dig(at[pk], path, {}), **_when(below)})
    for path, child in table.children.items():
        for pk, below in _below(child.model, at).items():
            found = [item_data(child, row) for row in below]
            _put(at[pk], path, [one["value"] for one in found] if child.shape is Shape.WORDS else found)
    for item in items:
        # A criteria set without criteria is still there: where one is required, it is an empty one.
        for path in table.criteria:
            _put(item, path, _dig(item, path, {}))
    return items


def _below(model: type[ChildRow], parents: Mapping[int, object]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _manager(model).filter(parent__in=list(parents)).order_by("position", "pk"):
        found[row.parent_id].append(row)
    return found


def criterion_data(row: CriterionRow) -> Data:
    """A criterion row as plain data: of a behaviour when it names one, else of a field."""
    parts = BEHAVIOUR_PARTS if row.behaviour else FIELD_PARTS
    values = {name: getattr(row, name) for name in parts}
    return {name: value for name, value in values.items() if value not in (None, "", {})}


def _when(rows: Iterable[CriterionRow]) -> Data:
    ordered = sorted(rows, key=attrgetter("place", "group", "position", "pk"))
    must = [row for row in ordered if row.place == Place.ALL]
    groups = [[criterion_data(row) for row in group] for _, group in groupby(must, key=attrgetter("group"))]
    none = [criterion_data(row) for row in ordered if row.place == Place.NONE]
    return {"all": [{"any": group} for group in groups], "none": none}


def _put_table(data: Data, table: Table, items: list[Data], rows: list[DraftRow]) -> None:
    if table.shape is Shape.ROOT:
        for item in items[:1]:
            for key, value in item.items():
                data[key] = value
    elif table.shape is Shape.MAPPING:
        data[table.path] = {item.get("key", ""): item.get("value") for item in items}
    elif table.shape is Shape.WORDS:
        data[table.path] = [item.get("value") for item in items]
    else:
        data[table.path] = items


def _items_in(data: Mapping[str, Any], table: Table) -> list[Mapping[str, Any]]:
    if table.shape is Shape.ROOT:
        return [data]
    found = data[table.path]
    if table.shape is Shape.MAPPING:
        return [{"key": key, "value": value} for key, value in found.items()]
    return [{"value": value} for value in found] if table.shape is Shape.WORDS else list(found)


def _write_table(
    request: ChangeRequest, table: Table, items: list[Mapping[str, Any]], by: tuple[User | None, str]
) -> None:
    rows = [
        table.model(request=request, position=place, **_columns(table, item))
        for place, item in enumerate(items, start=1)
    ]
    parents = _create(table.model, rows, by)
    pairs = list(zip(parents, items, strict=True))
    for path, criteria in table.criteria.items():
        _create(
            criteria, [row for parent, item in pairs for row in _criteria(criteria, parent, item, path)], by
        )
    for path, child in table.children.items():
        _create(
            child.model, [row for parent, item in pairs for row in _children(child, parent, item, path)], by
        )


def _create(model: type[models.Model], rows: list[Any], by: tuple[User | None, str]) -> list[Any]:
    if not rows:
        return []
    user, reason = by
    return list(
        bulk_create_with_history(rows, model, batch_size=500, default_user=user, default_change_reason=reason)
    )


def _columns(table: Table | Child, item: Mapping[str, Any]) -> Data:
    found = {}
    for path, column in table.columns.items():
        value = _dig(item, path, None)
        found[column] = "" if value is None and column in table.optional else value
    return found


def _criteria(
    model: type[CriterionRow], parent: DraftRow, item: Mapping[str, Any], path: str
) -> Iterable[CriterionRow]:
    when = _dig(item, path, {})
    position = 0
    for number, group in enumerate(when.get("all", ()), start=1):
        for criterion in group["any"]:
            position += 1
            yield _below_row(model, parent, position, place=Place.ALL, group=number, **_filled(criterion))
    for criterion in when.get("none", ()):
        position += 1
        yield _below_row(model, parent, position, place=Place.NONE, group=1, **_filled(criterion))


def _filled(criterion: Mapping[str, Any]) -> Data:
    texts = {name: criterion.get(name) or "" for name in ("field", "op", "threshold", "behaviour")}
    rest = {name: criterion.get(name) for name in ("value", "at_least", "within_days", "latest_before_days")}
    return {"kind": criterion["kind"], **texts, **rest, "where": criterion.get("where") or {}}


def _children(child: Child, parent: DraftRow, item: Mapping[str, Any], path: str) -> Iterable[ChildRow]:
    for place, one in enumerate(_dig(item, path, ()), start=1):
        values = {"value": one} if child.shape is Shape.WORDS else one
        yield _below_row(child.model, parent, place, **_columns(child, values))


def _below_row(model: type[Row], parent: DraftRow, position: int, **values: Any) -> Row:
    """A row below `parent`: the foreign key is each subclass's own, so its abstract class knows none."""
    return model(**{"parent": parent, "position": position, **values})


def _manager(model: type[models.Model]) -> "models.Manager[Any]":
    """Every row of a model; abstract classes have no `objects` of their own to be typed by."""
    manager: models.Manager[Any] = model._default_manager  # noqa: SLF001  (Django documents it for this use)
    return manager


def _dig(data: Mapping[str, Any], path: str, default: Any) -> Any:
    """The value at a dotted path; `default` where it is not there."""
    found: Any = data
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return default
        found = found[name]
    return found


def _put(data: Data, path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        data = data.setdefault(name, {})
    data[last] = value
