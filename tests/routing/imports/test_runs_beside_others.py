"""An import beside people who work: nothing of theirs is lost, nobody waits long."""

from collections.abc import Sequence
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from routing.engine.mapping_files import parse_mapping
from routing.models import ImportBatch, Lead
from routing.services.advance import advance
from routing.services.imports import chunks, history
from routing.services.imports import run as runs
from routing.services.imports.start import Order, enqueue
from routing.services.rebuild import rebuild
from tests.routing.imports.files import csv_bytes, history_mapping, run, upload
from tests.support import NOW

HEAD = "id,email,company,mql"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="writers at once need PostgreSQL: set DATABASE_URL"
)
def test_a_decision_during_the_import_is_not_written_over(
    playbook: object, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two MQLs, and a file that dates one of them anew and only renames the company of the other
    run(csv_bytes(HEAD, "1,,A,2025-01-01", "2,,B,2025-01-01"), history_mapping())
    second = Lead.objects.get(external_ids__value="2")

    def decide() -> None:
        try:
            advance(second.pk, "recycled", acting_user=cast.revops, now=NOW)
        finally:
            connection.close()

    decision, write = Thread(target=decide), history._write

    def write_after_a_decision(pending: history._Pending) -> None:
        decision.start()
        decision.join(timeout=1.5)  # the decision waits for the import, or is through before it
        write(pending)

    monkeypatch.setattr(history, "_write", write_after_a_decision)
    # When RevOps recycles the other one between reading and writing
    run(csv_bytes(HEAD, "1,,A,2025-02-01", "2,,B again,"), history_mapping(), name="more.csv")
    decision.join()

    # Then both acts stand, and the columns are what the log says
    second.refresh_from_db()
    assert (second.stage, second.company) == ("recycled", "B again")
    assert rebuild([second.pk]) == 0


def _sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each chunk holds, filled while an import runs."""
    sizes: list[int] = []
    process = chunks.process

    def noted(rows: Sequence[object], context: object) -> object:
        sizes.append(len(rows))
        return process(rows, context)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(runs, "process", noted)
    return sizes


def test_a_live_row_ends_its_transaction(playbook: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Routing a thousand rows in one transaction would keep everybody else waiting for a minute."""
    sizes = _sizes(monkeypatch)
    live = [f"{n},p{n}@firm{n}.com,F," for n in range(3)]
    past = [f"{n},,F,2025-01-01" for n in range(10, 14)]

    batch = run(csv_bytes(HEAD, *live, *past), history_mapping())

    assert (batch.rows_created, sizes) == (7, [1, 1, 1, 4])


def test_outcomes_are_no_live_rows(playbook: object, monkeypatch: pytest.MonkeyPatch) -> None:
    run(csv_bytes(HEAD, "1,a@firm.com,F,2025-01-01", "2,b@firm.com,F,2025-01-01"), history_mapping())
    sizes = _sizes(monkeypatch)
    columns = {"email": {"field": "email"}, "company": {"field": "company"}}

    run(
        csv_bytes("email,company", "a@firm.com,G", "b@firm.com,G"),
        parse_mapping({"mode": "outcomes", "columns": columns}),
    )

    assert sizes == [2]


def test_a_chunk_that_lost_a_deadlock_is_tried_again(
    playbook: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(csv_bytes(HEAD, "1,,A,2025-01-01"))
    enqueue(batch.pk, Order(history_mapping()), acting_user=None)
    process, failures = chunks.process, [OperationalError("deadlock detected")]

    def first_fails(rows: object, context: object) -> object:
        if failures:
            raise failures.pop()
        return process(rows, context)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(runs, "process", first_fails)
    runs.run_import(batch.pk, now=NOW)

    assert ImportBatch.objects.get().rows_created == 1
    assert Lead.objects.count() == 1
