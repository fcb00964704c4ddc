"""Live rows: no stage date, an address: they come in as any lead does, scored and routed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from glossary.models import Edition
from routing.choices import ClockState, Origin
from routing.engine.mapping_files import parse_mapping
from routing.models import Lead, LeadChange, StageEntry
from tests.routing.imports.files import counts, csv_bytes, history_mapping, run
from tests.routing.scene import serve

pytestmark = pytest.mark.usefixtures("playbook")
HEAD = "id,email,company,mql"


def test_live_and_history_rows_in_one_file() -> None:
    data = csv_bytes(HEAD, "1,a@example.com,Acme,", "2,b@example.com,Bolt,2025-01-01", "3,,Cog,")
    batch = run(data, history_mapping())
    live, history, record = Lead.objects.order_by("external_ids__value")
    assert counts(batch) == (3, 3, 0, 0, 0)
    # The live one entered the first stage by our rules and is in a queue
    assert not live.is_imported
    assert live.queue
    assert live.stage_entries.filter(origin=Origin.SYSTEM, to_stage="inquiry").exists()
    assert live.clocks.exists()
    # The others are history
    assert (history.is_imported, history.queue) == (True, "")
    # One without an address is an imported record: nobody could be contacted
    assert (record.is_imported, record.stage, record.queue) == (True, "", "")


def test_live_rows_the_second_time() -> None:
    data = csv_bytes(HEAD, "1,a@example.com,Acme,", "1,a@example.com,Acme Ltd,")
    first = run(data, history_mapping())
    before = LeadChange.objects.count(), StageEntry.objects.count()
    second = run(data, history_mapping())
    assert (counts(first), counts(second)) == ((2, 1, 1, 0, 0), (2, 0, 0, 2, 0))
    assert (LeadChange.objects.count(), StageEntry.objects.count()) == before


def test_a_suppressed_lead_is_left_alone() -> None:
    data = csv_bytes(HEAD, "1,a@example.com,Acme,")
    run(data, history_mapping())
    Lead.objects.update(suppressed=True)
    other = csv_bytes(HEAD, "1,a@example.com,Bolt,")
    run(other, history_mapping())
    noted = LeadChange.objects.count()
    again = run(other, history_mapping())
    assert counts(again) == (1, 0, 0, 1, 0)
    assert (Lead.objects.get().company, LeadChange.objects.count()) == ("Acme", noted)


def test_an_outcome_ends_the_clocks_of_a_live_lead() -> None:
    # Given a live lead with a running clock
    run(csv_bytes(HEAD, "1,a@example.com,Acme,"), history_mapping())
    lead = Lead.objects.get()
    lead.clocks.create(**_running_clock(lead))
    # When a file says that it became an MQL somewhere else
    run(csv_bytes(HEAD, "1,a@example.com,Acme,2026-11-20"), history_mapping())
    # Then no clock goes on counting on it, and none gets a verdict for that
    assert not lead.clocks.filter(state=ClockState.RUNNING).exists()
    assert lead.clocks.get(key="first_touch").state == ClockState.VOID


def test_a_lead_of_last_year_is_not_a_year_late(cast: SimpleNamespace) -> None:
    """The promise to route within minutes is ours: it begins when the file tells us of the lead."""
    serve("emea_sdr", cast.sdr)
    columns = {"email": {"field": "email"}, "region": {"field": "region"}, "made": {"captured_at": True}}
    data = csv_bytes("email,region,made", "a@firm.com,emea,2025-01-01")

    run(data, parse_mapping({"mode": "leads", "columns": columns}))

    lead = Lead.objects.get()
    assert lead.captured_at.year == 2025
    assert lead.clocks.get(key="routing").state == ClockState.MET


def _running_clock(lead: Lead) -> dict[str, object]:
    now = timezone.now()
    return {
        "key": "first_touch",
        "pass_number": 1,
        "edition": Edition.objects.get(),
        "target_seconds": 10**7,
        "target_words": "116 days",
        "started_at": now,
        "due_at": now + timedelta(days=116),
        "late_after": now + timedelta(days=116),
        "month": now.date().replace(day=1),
    }
