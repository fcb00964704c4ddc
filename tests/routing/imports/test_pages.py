"""The pages: who may enter, from upload through preview and dry run to the summary, and the quarantine."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from routing.choices import ImportState
from routing.engine.export_cells import restore
from routing.models import ImportBatch, ImportMapping, Lead, QuarantinedRow
from routing.services.imports.start import save_mapping
from routing.tasks import run_imports
from tests.routing.imports.files import csv_bytes, history_mapping, run, upload, xlsx_bytes

pytestmark = pytest.mark.usefixtures("playbook")
HEAD = "id,email,company,mql"
ROWS = ("7,a@example.com,Acme,2025-03-01", "8,bad,Bolt,2025-03-02")


@pytest.fixture
def revops(client: Client, cast: SimpleNamespace) -> Client:
    """Signed in as RevOps."""
    client.force_login(cast.revops)
    return client


def send(client: Client, data: bytes, name: str = "leads.csv", **extra: str) -> ImportBatch:
    """Upload a file on the page."""
    answer = client.post(reverse("import_list"), {"file": SimpleUploadedFile(name, data), **extra})
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("pk")


def filled(**changes: str) -> dict[str, str]:
    """The preview form for HEAD, as somebody would send it."""
    form = {
        "mode": "leads",
        "external_system": "old_crm",
        "zone": "UTC",
        "column_0": "external_id",
        "column_1": "field:email",
        "column_2": "field:company",
        "column_3": "stage:mql",
        "format_3": "",
    }
    return form | changes


@pytest.mark.parametrize("role", ["sdr", "ae", "manager", "cro", "finance", "analytics", "enablement"])
def test_others_may_not_enter(role: str, client: Client, cast: SimpleNamespace) -> None:
    batch = run(csv_bytes(HEAD, *ROWS), history_mapping())
    row = batch.quarantine.get()
    client.force_login(getattr(cast, role))
    for name, args in (
        ("import_list", []),
        ("import_detail", [batch.pk]),
        ("import_state", [batch.pk]),
        ("quarantine", []),
        ("quarantine_csv", []),
        ("quarantine_row", [row.pk]),
    ):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 403, name
        assert b"a@example.com" not in answer.content
    assert client.post(reverse("quarantine_discard", args=[row.pk])).status_code == 403
    assert client.post(reverse("import_list"), {}).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


@pytest.mark.parametrize("role", ["revops", "marketing_ops", "sales_ops"])
def test_operations_may(role: str, client: Client, cast: SimpleNamespace) -> None:
    client.force_login(getattr(cast, role))
    assert client.get(reverse("import_list")).status_code == 200
    assert client.get(reverse("quarantine")).status_code == 200


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(reverse("import_list")).status_code == 302


def test_from_upload_to_summary(revops: Client, cast: SimpleNamespace) -> None:
    # Given an uploaded file: the page shows its rows and proposes what they mean
    batch = send(revops, csv_bytes(HEAD, *ROWS))
    address = reverse("import_detail", args=[batch.pk])
    page = revops.get(address).content.decode()
    assert "a@example.com" in page
    assert '<option value="field:email" selected>' in page
    # When it is tried
    revops.post(address, filled(act="dry_run", save_as="old-crm"))
    assert "Reload" in revops.get(address).content.decode()
    run_imports()
    page = revops.get(address).content.decode()
    assert "What the dry run found" in page
    assert "Row 2, email" in page
    assert not Lead.objects.exists()
    assert ImportMapping.objects.get().name == "old-crm"
    # And started
    revops.post(address, filled(act="start"))
    state = revops.get(reverse("import_state", args=[batch.pk])).json()
    assert (state["state"], state["done"]) == ("queued", False)
    run_imports()
    # Then the summary adds up and leads to the quarantine
    page = revops.get(address).content.decode()
    assert f"{reverse('quarantine')}?batch={batch.pk}" in page
    assert Lead.objects.get().changes.filter(actor=cast.revops).exists()
    # And it is not started twice
    assert revops.post(address, filled(act="start"), follow=True).content.decode().count("done already") == 1


def test_what_is_wrong_with_the_mapping_is_said_on_the_page(revops: Client) -> None:
    batch = send(revops, csv_bytes(HEAD, *ROWS))
    address = reverse("import_detail", args=[batch.pk])
    answer = revops.post(address, filled(column_0="", column_1="", act="start"))
    assert answer.status_code == 422
    assert "no column identifies the lead" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == ImportState.UPLOADED


def test_unclear_dates_come_back_and_can_be_stated(revops: Client) -> None:
    batch = send(revops, csv_bytes(HEAD, "7,,Acme,01-02-2025"))
    address = reverse("import_detail", args=[batch.pk])
    revops.post(address, filled(act="start"))
    run_imports()
    assert "could be day-month or month-day" in revops.get(address).content.decode()
    revops.post(address, filled(act="start", format_3="dd-mm-yyyy"))
    run_imports()
    lead = Lead.objects.get()
    assert lead.stage_entered_at is not None
    assert (lead.stage_entered_at.month, lead.stage_entered_at.day) == (2, 1)


def test_dialect_can_be_stated_anew(revops: Client) -> None:
    batch = send(revops, csv_bytes("a;b,c", "1;2,3"))
    address = reverse("import_detail", args=[batch.pk])
    revops.post(address, filled(act="dialect", delimiter=";", encoding="utf-8"))
    batch.refresh_from_db()
    assert batch.dialect["delimiter"] == ";"
    answer = revops.post(address, filled(act="dialect", delimiter=",", encoding="utf-16"))
    assert answer.status_code == 422
    assert "cannot be read as UTF-16" in answer.content.decode()


def test_a_kept_mapping_is_taken_over(revops: Client) -> None:
    save_mapping("old-crm", history_mapping(), acting_user=None)
    batch = send(revops, csv_bytes(HEAD, *ROWS), mapping="old-crm")
    page = revops.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert '<option value="stage:mql" selected>' in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "no text has"),
        (b'a,b\n"1' + b"x" * 5_000_000, "longer than"),
        (b"PK\x03\x04 nothing", "cut off or damaged"),
    ],
)
def test_no_table_is_refused_at_the_door(data: bytes, words: str, revops: Client) -> None:
    answer = revops.post(reverse("import_list"), {"file": SimpleUploadedFile("x.xlsx", data)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_file_that_breaks_later_is_said_on_its_page(revops: Client) -> None:
    batch = send(revops, csv_bytes(HEAD, ROWS[0], '9,,"A'))
    answer = revops.get(reverse("import_detail", args=[batch.pk]))
    assert answer.status_code == 422
    assert "never closed" in answer.content.decode()


def test_a_workbook_from_the_page(revops: Client) -> None:
    batch = send(revops, xlsx_bytes(["Record ID", "Email"], [1, "a@example.com"]), "book.xlsx")
    assert batch.dialect == {"kind": "xlsx", "sheet": "Sheet"}
    assert (
        '<option value="external_id" selected>'
        in revops.get(reverse("import_detail", args=[batch.pk])).content.decode()
    )


def test_quarantine_fix_and_discard(revops: Client, cast: SimpleNamespace) -> None:
    run(csv_bytes(HEAD, "8,bad,Bolt,2025-03-02", "9,worse,Cog,2025-03-02"), history_mapping())
    first, second = QuarantinedRow.objects.order_by("row_number")
    address = reverse("quarantine_row", args=[first.pk])
    assert "bad" in revops.get(address).content.decode()
    cells = {"cell_0": "8", "cell_1": "still bad", "cell_2": "Bolt", "cell_3": "2025-03-02"}
    assert revops.post(address, cells).status_code == 422
    assert revops.post(address, cells | {"cell_1": "b@example.com"}).status_code == 302
    assert Lead.objects.get().email == "b@example.com"
    first.refresh_from_db()
    assert (first.state, first.resolved_by) == ("fixed", cast.revops)
    discard = reverse("quarantine_discard", args=[second.pk])
    assert revops.get(discard).status_code == 405
    revops.post(discard)
    assert "discarded already" in revops.post(discard, follow=True).content.decode()
    assert "Nothing waits here" in revops.get(reverse("quarantine")).content.decode()
    assert revops.get(address).status_code == 200


def test_quarantine_as_csv_is_no_formula(revops: Client) -> None:
    company = "=HYPERLINK(1)"
    run(csv_bytes(HEAD, f"8,bad,{company},2025-03-02"), history_mapping())
    answer = revops.get(reverse("quarantine_csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streamed
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["company"] == f"'{company}"
    assert restore(row["company"]) == company
    assert row["Row"] == "1"


def test_running_page_offers_counts(revops: Client) -> None:
    batch = upload(csv_bytes(HEAD, *ROWS))
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportState.RUNNING, rows_read=1, rows_created=1, rows_total=2
    )
    page = revops.get(reverse("import_detail", args=[batch.pk])).content.decode()
    assert "import-progress" in page
    state = revops.get(reverse("import_state", args=[batch.pk])).json()
    assert (state["rows_read"], state["rows_total"], state["done"]) == (1, 2, False)


def test_the_widest_file_can_be_mapped_on_the_page(revops: Client) -> None:
    """500 columns of dates are two controls each: the form must not be too long for its own server."""
    head = ",".join(["email", *(f"date {n}" for n in range(499))])
    batch = send(revops, csv_bytes(head, "a@example.com" + ",2025-01-01" * 499))
    controls = {f"{kind}_{n}": "" for n in range(500) for kind in ("column", "format")}

    address = reverse("import_detail", args=[batch.pk])
    answer = revops.post(address, filled(**controls | {"column_0": "field:email", "act": "keep"}))

    assert answer.status_code == 302
    batch.refresh_from_db()
    assert batch.mapping["columns"]["email"] == {"field": "email"}
