"""Row 3: any byte of content that changes after a sign-off voids all of them, in that transaction.

Every column of every draft table is changed, and rows are removed: as a page does it, and past the services.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, models, transaction

from glossary import registry
from glossary.choices import RequestState, Workstream
from glossary.exceptions import StaleContent
from glossary.models import ChangeRequest, SignOff
from glossary.models.draft_base import ChildRow, CriterionRow
from glossary.registry.tables import Table
from glossary.services.drafting import note_edit
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.types import EditionInForce
from people.models import User
from tests.glossary.governing import approved
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds, breaches, rows_digest
from tests.trust.scene import AUTHORS, a_change, add_schemers, signers

FIELD_COLUMNS, BEHAVIOUR_COLUMNS = ("kind", "place", "field", "op", "value", "threshold"), (
    "behaviour",
    "at_least",
    "within_days",
    "where",
)  # fmt: skip


def spots(workstream: str, request: ChangeRequest) -> Iterator[tuple[models.Model, str]]:
    """A row for every content column of every draft table that has rows."""
    for table in registry.document_type(workstream).tables:
        yield from _of_table(table, request)


def _of_table(table: Table, request: ChangeRequest) -> Iterator[tuple[models.Model, str]]:
    rows = list(table.model._default_manager.filter(request=request))
    for column in table.columns.values():
        yield _telling(rows, column), column
    for criteria in table.criteria.values():
        below: list[Any] = list(_below(criteria, rows))
        for columns, has_behaviour in ((FIELD_COLUMNS, False), (BEHAVIOUR_COLUMNS, True)):
            alike = [row for row in below if bool(row.behaviour) == has_behaviour]
            yield from ((_telling(alike, column), column) for column in columns if alike)
    for child in table.children.values():
        under = list(_below(child.model, rows))
        yield from ((_telling(under, column), column) for column in child.columns.values() if under)


def _below(model: type[ChildRow], rows: list[Any]) -> models.QuerySet[Any]:
    where: dict[str, Any] = {"parent__in": rows}
    return model._default_manager.filter(**where)


def _telling(rows: list[Any], column: str) -> models.Model:
    """A row in which the column says something, where there is one."""
    found: models.Model = next((r for r in rows if getattr(r, column) not in (None, "", [], {})), rows[0])
    return found


def other(value: Any, column: str) -> Any:
    """The value with another byte, or one more."""
    if column == "place":
        return "none" if value == "all" else "all"
    if isinstance(value, str):
        return f"{value[:-1]}~"
    if isinstance(value, list):
        return [*value, "x"]
    if isinstance(value, dict):
        return {**value, "x": "y"}
    if isinstance(value, bool):
        return not value
    return 1 if value is None else value + 1


def write(row: models.Model, column: str) -> None:
    """Change one column past every service."""
    value = other(getattr(row, column), column)
    type(row)._default_manager.filter(pk=row.pk).update(**{column: value})


@contextmanager
def tried() -> Iterator[None]:
    """Undo everything afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def schemers(playbook: EditionInForce, cast: SimpleNamespace) -> SimpleNamespace:
    return add_schemers(cast)


def ready(workstream: str, people: SimpleNamespace) -> tuple[ChangeRequest, User]:
    """A request that everybody has signed, and who wrote it."""
    author = getattr(people, AUTHORS[workstream])
    change = a_change(workstream, 5)
    return approved(workstream, change, author, signers(people, workstream)), author


@pytest.mark.parametrize("workstream", Workstream.values)
def test_every_column_voids_all(schemers: SimpleNamespace, workstream: str) -> None:
    request, author = ready(workstream, schemers)
    tried_columns = 0
    for row, column in list(spots(workstream, request)):
        with tried():
            write(row, column)
            note_edit(request.pk, acting_user=author, now=NOW)
            where = f"{type(row).__name__}.{column}"
            standing = SignOff.objects.standing().filter(request=request)
            assert not standing.exists(), f"{where}: sign-offs stand"
            assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.DRAFT, where
        tried_columns += 1
    assert tried_columns >= 5
    # And what was only tried changed nothing
    assert publish_request(request.pk, acting_user=author, now=NOW).state == RequestState.PUBLISHED
    assert_holds(Look(NOW))


@pytest.mark.parametrize("workstream", Workstream.values)
def test_every_column_written_past_the_services_is_noticed(
    schemers: SimpleNamespace, workstream: str
) -> None:
    request, author = ready(workstream, schemers)
    seat = SignOff.objects.standing().filter(request=request).order_by("pk").first()
    assert seat is not None
    assert seat.signer is not None
    for row, column in list(spots(workstream, request)):
        where = f"{type(row).__name__}.{column}"
        with tried():
            write(row, column)
            with pytest.raises(StaleContent):
                publish_request(request.pk, acting_user=author, now=NOW)
            assert not SignOff.objects.standing().filter(request=request).exists(), where
            assert_holds(Look(NOW))
        with tried():
            SignOff.objects.filter(pk=seat.pk).update(verdict="", signer=None)
            write(row, column)
            with pytest.raises(StaleContent):
                sign(Answer(seat.pk, "given", request.digest, "Ok."), acting_user=seat.signer, now=NOW)
            assert not SignOff.objects.standing().filter(request=request).exists(), where


@pytest.mark.parametrize("workstream", Workstream.values)
def test_a_row_less_voids_all(schemers: SimpleNamespace, workstream: str) -> None:
    request, author = ready(workstream, schemers)
    for model in {type(row) for row, _ in spots(workstream, request)}:
        field = "parent__request" if hasattr(model, "parent") else "request"
        rows = model._default_manager.filter(**{field: request})
        if issubclass(model, CriterionRow):
            rows = rows.filter(place="all")
        row = rows.first()
        assert row is not None
        with tried():
            row.delete()
            if rows_digest(request) == request.digest:
                continue  # the settings said what is the default
            note_edit(request.pk, acting_user=author, now=NOW)
            assert not SignOff.objects.standing().filter(request=request).exists(), model.__name__


def test_the_order_is_content_too(schemers: SimpleNamespace) -> None:
    request, author = ready("scoring", schemers)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE routing_scorerule SET position = 100 - position")
    note_edit(request.pk, acting_user=author, now=NOW)
    assert not SignOff.objects.standing().filter(request=request).exists()


def test_an_edit_that_changes_nothing_voids_nothing(schemers: SimpleNamespace) -> None:
    request, author = ready("scoring", schemers)
    note_edit(request.pk, acting_user=author, now=NOW)
    assert SignOff.objects.standing().filter(request=request, verdict="given").count() == 2


def test_control_without_the_digest_of_the_rows_the_oracle_sees_it(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, author = ready("scoring", schemers)
    for room in ("drafting", "catching_up"):
        monkeypatch.setattr(f"glossary.services.{room}.rows_digest", lambda request: request.digest)
    row, column = next(spots("scoring", request))
    write(row, column)
    note_edit(request.pk, acting_user=author, now=NOW)
    assert any("not what was frozen" in breach for breach in breaches(Look(NOW)))
    publish_request(request.pk, acting_user=author, now=NOW)
    assert breaches(Look(NOW, tampered=frozenset({request.pk})))
