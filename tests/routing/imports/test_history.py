"""History rows: leads and stage entries as imported; no gate, no routing, no clock; the second time nothing."""

from datetime import UTC, date, datetime

import pytest

from glossary.types import EditionInForce
from routing.choices import Origin
from routing.models import Assignment, ExternalId, Lead, LeadChange, SlaClock, StageEntry
from tests.routing.imports.files import counts, csv_bytes, history_mapping, run, xlsx_bytes
from tests.support import NOW

pytestmark = pytest.mark.usefixtures("playbook")
HEAD = "id,email,company,mql"
DEALS = history_mapping(
    mode="outcomes",
    columns={
        "id": {"external_id": True},
        "email": {"field": "email"},
        "won": {"stage_entered": "won"},
        "segment": {"field": "business_segment"},
    },
)


def test_history_is_written_and_nothing_else_happens(playbook: EditionInForce) -> None:
    batch = run(csv_bytes(HEAD, "7,Ann@Example.COM,Acme,2025-03-01"), history_mapping())
    lead = Lead.objects.get()
    entry = StageEntry.objects.get()
    assert counts(batch) == (1, 1, 0, 0, 0)
    assert (lead.email, lead.email_domain, lead.company) == ("ann@example.com", "example.com", "Acme")
    assert (lead.stage, lead.stage_entered_at, lead.pass_number) == (
        "mql",
        datetime(2025, 3, 1, tzinfo=UTC),
        1,
    )
    assert (lead.is_imported, lead.captured_at, lead.recorded_at) == (True, lead.stage_entered_at, NOW)
    assert (entry.origin, entry.edition, entry.date_only, entry.recorded_at) == (
        Origin.IMPORT,
        None,
        True,
        NOW,
    )
    assert (lead.owner, lead.queue) == (None, "")
    assert not Assignment.objects.exists()
    assert not SlaClock.objects.exists()
    assert {c.field for c in LeadChange.objects.all()} >= {"email", "company"}
    assert ExternalId.objects.get().lead == lead


def test_the_second_time_changes_nothing() -> None:
    data = csv_bytes(HEAD, "7,a@example.com,Acme,2025-03-01", "8,,Bolt,", "9,bad,Cog,2025-03-02")
    run(data, history_mapping())
    before = [
        list(model.objects.order_by("pk").values()) for model in (Lead, StageEntry, LeadChange, ExternalId)
    ]
    again = run(data, history_mapping())
    assert counts(again) == (3, 0, 0, 2, 1)
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Lead, StageEntry, LeadChange, ExternalId)
    ]


def test_one_lead_twice_in_a_file_the_last_row_wins_and_again_nothing() -> None:
    data = csv_bytes(
        HEAD, "7,a@example.com,Acme,2025-03-01", "7,,Acme Ltd,2025-03-01", ",a@example.com,Acme Inc,"
    )
    mapping = history_mapping()
    first = run(data, mapping)
    assert counts(first) == (3, 1, 1, 1, 0)
    assert Lead.objects.get().company == "Acme Inc"
    changes = LeadChange.objects.count()
    second = run(data, mapping)
    assert counts(second) == (3, 0, 0, 3, 0)
    assert LeadChange.objects.count() == changes


def test_outcomes_find_their_lead_or_wait() -> None:
    # Given a lead known by id and address
    run(csv_bytes(HEAD, "7,a@example.com,Acme,2025-03-01"), history_mapping())
    # When outcomes come: by id, for nobody
    deals = csv_bytes("id,email,won,segment", "7,,2025-04-01 10:00:00,pet", "99,,2025-04-02,")
    batch = run(deals, DEALS)
    # Then one is written, the other waits with the reason
    lead = Lead.objects.get()
    assert counts(batch) == (2, 0, 1, 0, 1)
    assert (lead.stage, lead.attributes["business_segment"]) == ("won", "pet")
    won = StageEntry.objects.get(to_stage="won")
    assert (won.from_stage, won.date_only) == ("mql", False)
    row = batch.quarantine.get()
    assert "No lead is known by '99'" in row.errors[0]["message"]
    # And when the lead comes and the file is read again, the waiting row is closed
    run(csv_bytes(HEAD, "99,b@example.com,Bolt,2025-03-02"), history_mapping())
    again = run(deals, DEALS)
    assert counts(again) == (2, 0, 1, 1, 0)
    row.refresh_from_db()
    assert row.state == "fixed"


def test_id_and_address_of_two_leads_is_a_conflict() -> None:
    run(csv_bytes(HEAD, "7,a@example.com,A,2025-03-01", "8,b@example.com,B,2025-03-01"), history_mapping())
    batch = run(csv_bytes(HEAD, "7,b@example.com,A,2025-03-01"), history_mapping())
    assert "belongs to one lead and the address" in batch.quarantine.get().errors[0]["message"]


def test_a_detour_and_back_opens_the_next_pass() -> None:
    mapping = history_mapping(
        columns={
            "id": {"external_id": True},
            "mql": {"stage_entered": "mql"},
            "recycled": {"stage_entered": "recycled"},
            "sql": {"stage_entered": "sql"},
        }
    )
    run(csv_bytes("id,mql,recycled,sql", "7,2025-01-01,2025-01-10,2025-03-01"), mapping)
    path = list(StageEntry.objects.values_list("from_stage", "to_stage", "pass_number"))
    assert path == [("", "mql", 1), ("mql", "recycled", 1), ("recycled", "sql", 2)]
    assert Lead.objects.get().pass_number == 2


def test_a_file_does_not_undo_a_refusal() -> None:
    columns = {"email": {"field": "email"}, "consent": {"field": "consent"}, "mql": {"stage_entered": "mql"}}
    mapping = history_mapping(columns=columns)
    run(csv_bytes("email,consent,mql", "a@example.com,withdrawn,2025-01-01"), mapping)
    run(csv_bytes("email,consent,mql", "a@example.com,granted,2025-01-01"), mapping)
    assert Lead.objects.get().consent == "withdrawn"


def test_a_voided_entry_is_not_brought_back() -> None:
    data = csv_bytes(HEAD, "7,a@example.com,Acme,2025-03-01")
    run(data, history_mapping())
    entry = StageEntry.objects.get()
    StageEntry.objects.create(
        lead=entry.lead, pass_number=1, to_stage="mql", occurred_at=entry.occurred_at, recorded_at=NOW,
        origin=Origin.PERSON, actor_name="Rev Ops", reason="a mistake", voids=entry,
    )  # fmt: skip
    assert counts(run(data, history_mapping())) == (1, 0, 0, 1, 0)
    assert StageEntry.objects.count() == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_gives_the_same_lead(encoding: str) -> None:
    run(csv_bytes("id;email;company;mql", "7;a@example.com;Café Zoë;01.03.2025", ";;;31.03.2025", encoding=encoding),
        history_mapping())  # fmt: skip
    lead = Lead.objects.get()
    assert (lead.company, lead.stage_entered_at) == ("Café Zoë", datetime(2025, 3, 1, tzinfo=UTC))


def test_a_workbook_gives_the_same_lead() -> None:
    data = xlsx_bytes(HEAD.split(","), [7, "a@example.com", "Acme", date(2025, 3, 1)])
    run(data, history_mapping(), name="leads.xlsx")
    lead = Lead.objects.get()
    assert (lead.external_ids.get().value, lead.stage_entered_at) == ("7", datetime(2025, 3, 1, tzinfo=UTC))
    assert StageEntry.objects.get().date_only
