"""The real marketing funnel: both files come in with the mapping files of the documentation, unedited."""

from pathlib import Path

import pytest

from glossary.types import EditionInForce
from routing.models import ExternalId, Lead, LeadChange, StageEntry
from tests.routing.imports.files import counts, example, run
from tests.support import reference_data

pytestmark = pytest.mark.skipif(
    not reference_data().exists(), reason="the reference data is not on this machine"
)
LEADS = "olist_marketing_qualified_leads_dataset.csv"
DEALS = "olist_closed_deals_dataset.csv"
VARIANT = "variant_mql_ddmmyyyy_crlf.csv"


def olist(name: str) -> Path:
    """One of the files; a missing one fails the test."""
    path = reference_data() / "olist" / name
    assert path.is_file(), f"{path} is missing although the reference data is there"
    return path


def picture() -> list[tuple[object, ...]]:
    """Everything that the import says about the leads, without ids and times of recording."""
    leads = Lead.objects.order_by("external_ids__value").values_list(
        "external_ids__value",
        "source",
        "attributes",
        "stage",
        "stage_entered_at",
        "captured_at",
        "is_imported",
    )
    return list(leads)


def test_leads_then_deals(playbook: EditionInForce) -> None:
    # Given both files
    # When the leads are imported, then the deals as outcomes
    first = run(olist(LEADS), example("marketing-funnel-leads"))
    second = run(olist(DEALS), example("marketing-funnel-deals"))
    # Then every row is a lead, and every deal a won entry of one of them
    assert (first.error, counts(first)) == ("", (8000, 8000, 0, 0, 0))
    assert (second.error, counts(second)) == ("", (842, 0, 842, 0, 0))
    assert Lead.objects.filter(is_imported=True, email="").count() == 8000
    assert StageEntry.objects.filter(to_stage="mql", date_only=True, edition=None).count() == 8000
    assert StageEntry.objects.filter(to_stage="won", date_only=False).count() == 842
    assert StageEntry.objects.count() == 8842
    assert ExternalId.objects.count() == 8000
    # And blank, unknown and spelled sources stay apart
    assert Lead.objects.filter(source="").count() == 60
    assert Lead.objects.filter(source="unknown").count() == 1099
    # And the derived columns follow the log: all but the one deal that was won before first contact
    assert Lead.objects.filter(stage="won").count() == 841


def test_again_changes_nothing(playbook: EditionInForce) -> None:
    # Given both files imported
    run(olist(LEADS), example("marketing-funnel-leads"))
    run(olist(DEALS), example("marketing-funnel-deals"))
    before = picture(), LeadChange.objects.count(), StageEntry.objects.count()
    # When both are imported again
    first = run(olist(LEADS), example("marketing-funnel-leads"))
    second = run(olist(DEALS), example("marketing-funnel-deals"))
    # Then all is as it was
    assert counts(first) == (8000, 0, 0, 8000, 0)
    assert counts(second) == (842, 0, 0, 842, 0)
    assert (picture(), LeadChange.objects.count(), StageEntry.objects.count()) == before


def test_resaved_by_a_spreadsheet(playbook: EditionInForce) -> None:
    # Given the table as it was, and its picture
    run(olist(LEADS), example("marketing-funnel-leads"))
    before = picture()
    # When the version with 01-02-2018 and CRLF is imported over it
    batch = run(olist(VARIANT), example("marketing-funnel-leads"))
    # Then it says the same of every lead
    assert batch.dialect["dates"] == {"first_contact_date": "dd-mm-yyyy"}
    assert counts(batch) == (8000, 0, 0, 8000, 0)
    assert picture() == before
    assert StageEntry.objects.count() == 8000
