"""A run: refused before the first row or counted to the last; dry runs, resuming, leases, big files, quarantine."""

from datetime import timedelta

import pytest

from routing.choices import ImportState
from routing.exceptions import Conflict, ImportRefused
from routing.models import ImportBatch, Lead, QuarantinedRow, StageEntry
from routing.services.imports import run as runs
from routing.services.imports.quarantine import discard_row, retry_row
from routing.services.imports.run import due_imports, run_import
from routing.services.imports.start import Order, enqueue
from tests.routing.imports.files import counts, csv_bytes, history_mapping, run, upload
from tests.support import NOW

pytestmark = pytest.mark.usefixtures("playbook")
HEAD = "id,email,company,mql"


def big_file() -> bytes:
    """10,000 rows, the 5,000th with an impossible date and address."""
    lines = [f"{n},p{n}@example.com,Firm {n},2025-03-{n % 28 + 1:02}" for n in range(1, 10_001)]
    lines[4_999] = "5000,not an address,Firm,2025-02-30"
    return csv_bytes(HEAD, *lines)


def test_bad_row_5000_of_10000() -> None:
    batch = run(big_file(), history_mapping())
    assert counts(batch) == (10_000, 9_999, 0, 0, 1)
    row = batch.quarantine.get()
    assert row.row_number == 5_000
    assert row.raw == {"id": "5000", "email": "not an address", "company": "Firm", "mql": "2025-02-30"}
    assert [(error["heading"], error["value"]) for error in row.errors] == [
        ("email", "not an address"),
        ("mql", "2025-02-30"),
    ]
    again = run(big_file(), history_mapping())
    assert counts(again) == (10_000, 0, 0, 9_999, 1)
    assert (Lead.objects.count(), QuarantinedRow.objects.count()) == (9_999, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (csv_bytes("id,mail,company,mql", "1,a@example.com,A,2025-01-01"), "'email'; the nearest heading is 'mail'"),
        (csv_bytes(HEAD, "1,,A,01-02-2025"), "could be day-month or month-day"),
        (csv_bytes(HEAD, "1,,A,soon"), "'soon' is no date"),
        (csv_bytes(HEAD, *[f"{n},,A,2025-01-01" for n in range(2_000)], '2001,,"A'), "never closed"),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_before_the_first_row(data: bytes, words: str) -> None:
    batch = run(data, history_mapping())
    assert batch.state == ImportState.FAILED
    assert words in batch.error
    assert counts(batch) == (0, 0, 0, 0, 0)
    assert not Lead.objects.exists()


def test_random_bytes_are_refused_at_the_door() -> None:
    with pytest.raises(ImportRefused, match=r"photo\.csv: "):
        upload(bytes(range(256)) * 10, "photo.csv")
    assert not ImportBatch.objects.exists()


def test_every_refused_row_says_why() -> None:
    rows = [",,Nobody,2025-01-01", "2,,Future,2031-01-01", "3,,Late,99-99-2025", "4,,Many,2025-01-01,x,y"]
    batch = run(csv_bytes(HEAD, *rows, "5,,Fine,2025-01-01"), history_mapping())
    assert counts(batch) == (5, 1, 0, 0, 4)
    said = [row.errors[0]["message"] for row in batch.quarantine.order_by("row_number")]
    assert "nobody can tell whose row" in said[0]
    assert "lies in the future" in said[1]
    assert "'99-99-2025' is no date" in said[2]
    assert "6 cells but there are 4 headings" in said[3]
    assert batch.quarantine.get(row_number=4).raw["(cell 6)"] == "y"


def test_a_dry_run_counts_and_writes_nothing() -> None:
    data = csv_bytes(HEAD, "1,a@example.com,A,2025-01-01", "2,bad,B,2025-01-01", "1,,C,")
    batch = run(data, history_mapping(), dry_run=True)
    assert (batch.state, counts(batch)) == (ImportState.DONE, (3, 1, 1, 0, 1))
    assert batch.findings[0]["row"] == 2
    assert not Lead.objects.exists()
    assert not QuarantinedRow.objects.exists()
    # And the same batch can then be run in earnest, with the same counts
    enqueue(batch.pk, Order(history_mapping()), acting_user=None)
    assert counts(run_import(batch.pk, now=NOW)) == (3, 1, 1, 0, 1)


def test_a_dry_run_remembers_leads_of_earlier_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 2)
    data = csv_bytes(HEAD, *[f"{n},,A,2025-01-01" for n in range(5)], "0,,B,2025-01-01")
    tried = run(data, history_mapping(), dry_run=True)
    assert counts(tried) == counts(run(data, history_mapping())) == (6, 5, 1, 0, 0)


def test_a_killed_run_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a worker that dies in the third chunk
    monkeypatch.setattr(runs, "CHUNK", 2)
    batch = upload(csv_bytes(HEAD, *[f"{n},,A,2025-01-01" for n in range(9)]))
    enqueue(batch.pk, Order(history_mapping()), acting_user=None)

    class Killed(BaseException):
        """The process ends: nothing catches this."""

    def die(seen: ImportBatch) -> None:
        if seen.rows_read == 4:
            raise Killed

    with pytest.raises(Killed):
        run_import(batch.pk, now=NOW, report=die)
    assert Lead.objects.count() == 4
    # When its lease has not run out, another worker finds nothing to do
    assert due_imports(NOW + timedelta(minutes=5)) == []
    assert counts(run_import(batch.pk, now=NOW + timedelta(minutes=5)))[0] == 4
    # Then, once it has, the rest is taken in and nothing twice
    later = NOW + timedelta(minutes=20)
    assert due_imports(later) == [batch.pk]
    assert counts(run_import(batch.pk, now=later)) == (9, 9, 0, 0, 0)
    assert StageEntry.objects.count() == 9
    # And a third run changes nothing
    assert run_import(batch.pk, now=later).finished_at is not None
    assert Lead.objects.count() == 9


def test_a_worker_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 2)
    batch = upload(csv_bytes(HEAD, *[f"{n},,A,2025-01-01" for n in range(6)]))
    enqueue(batch.pk, Order(history_mapping()), acting_user=None)

    def overtaken(seen: ImportBatch) -> None:
        if seen.rows_read == 2:
            other = run_import(batch.pk, now=NOW + timedelta(hours=1))
            assert other.state == ImportState.DONE

    done = run_import(batch.pk, now=NOW, report=overtaken)
    assert counts(done) == (6, 6, 0, 0, 0)
    assert Lead.objects.count() == 6


def test_a_running_import_cannot_be_ordered_again() -> None:
    batch = upload(csv_bytes(HEAD, "1,,A,2025-01-01"))
    enqueue(batch.pk, Order(history_mapping()), acting_user=None)
    with pytest.raises(Conflict, match="waiting already"):
        enqueue(batch.pk, Order(history_mapping()), acting_user=None)


def test_a_run_in_this_process_is_never_taken_by_a_worker() -> None:
    batch = upload(csv_bytes(HEAD, "1,,A,2025-01-01"))
    seen: list[list[int]] = []
    done = runs.run_here(
        batch.pk, Order(history_mapping()), now=NOW, report=lambda _: seen.append(due_imports(NOW))
    )
    assert (counts(done), seen) == ((1, 1, 0, 0, 0), [[]])


def test_quarantine_fix_retry_and_discard() -> None:
    batch = run(csv_bytes(HEAD, "1,bad,A,2025-02-30", "2,worse,B,2025-01-01"), history_mapping())
    first, second = batch.quarantine.order_by("row_number")
    # When one of two errors is mended, the row stays with the other
    half = retry_row(first.pk, {"email": "a@example.com"}, acting_user=None, now=NOW)
    assert (half.taken, [error["heading"] for error in half.errors]) == (False, ["mql"])
    # When both are, it is taken in and counted there
    full = retry_row(first.pk, {"email": "a@example.com", "mql": "2025-02-28"}, acting_user=None, now=NOW)
    batch.refresh_from_db()
    assert (full.taken, counts(batch)) == (True, (2, 1, 0, 0, 1))
    assert Lead.objects.get().email == "a@example.com"
    first.refresh_from_db()
    assert first.raw["email"] == "bad"
    assert first.corrected == {"email": "a@example.com", "mql": "2025-02-28"}
    # And it is decided once
    with pytest.raises(Conflict, match="fixed and taken in already"):
        retry_row(first.pk, {}, acting_user=None, now=NOW)
    discard_row(second.pk, acting_user=None, now=NOW)
    with pytest.raises(Conflict, match="discarded already"):
        discard_row(second.pk, acting_user=None, now=NOW)
    # And the file read again brings neither back
    run(csv_bytes(HEAD, "1,bad,A,2025-02-30", "2,worse,B,2025-01-01"), history_mapping())
    assert QuarantinedRow.objects.filter(state="open").count() == 0
