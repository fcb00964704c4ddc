"""The log as of an instant: voids, merges, imports, and dimension values as they were then."""

from types import SimpleNamespace

import pytest

from glossary.types import EditionInForce
from reporting.engine.parameters import Basis
from reporting.queries.entries import EntryLog
from reporting.queries.lead_values import AsOf
from routing.models import Assignment, Lead, LeadChange
from tests.reporting.log import enter, new_lead, on_day, void

pytestmark = pytest.mark.django_db


def merge(duplicate: Lead, survivor: Lead, day: float) -> None:
    """As the merge writes it: the final survivor in the column, every step in the change log."""
    Lead.objects.filter(merged_into=duplicate).update(merged_into=survivor)
    Lead.objects.filter(pk=duplicate.pk).update(merged_into=survivor, merged_at=on_day(day))
    change(duplicate, "merged_into", None, survivor.pk, day, cause="merge")


def change(lead: Lead, field: str, before: object, after: object, day: float, cause: str = "intake") -> None:
    LeadChange.objects.create(
        lead=lead,
        field=field,
        before=before,
        after=after,
        cause=cause,
        actor_name="Concord",
        occurred_at=on_day(day),
        recorded_at=on_day(day),
    )


def seen(day: float, basis: Basis = Basis.KNOWN) -> list[tuple[object, str]]:
    return [(entry.lead, entry.stage) for entry in EntryLog(AsOf(on_day(day), basis))]


def values(day: float, dimension: str = "source", basis: Basis = Basis.KNOWN) -> list[str]:
    return [entry.values[0] for entry in EntryLog(AsOf(on_day(day), basis), (dimension,))]


def test_each_leads_rows_come_together_oldest_first(playbook: EditionInForce) -> None:
    a, b = new_lead(), new_lead()
    enter(b, "mql", 1, playbook)
    enter(a, "sql", 5, playbook)
    enter(a, "mql", 2, playbook)

    assert seen(9) == [(a.pk, "mql"), (a.pk, "sql"), (b.pk, "mql")]


def test_what_is_voided_later_still_stands_earlier(playbook: EditionInForce) -> None:
    lead = new_lead()
    void(enter(lead, "mql", 1, playbook), day=3)

    before, after = (list(EntryLog(AsOf(on_day(day)))) for day in (2, 4))

    assert [(entry.stage, entry.voided) for entry in before] == [("mql", False)]
    assert [(entry.stage, entry.voided) for entry in after] == [("mql", True)]


def test_imported_history_counts_from_when_it_happened_or_was_recorded(playbook: EditionInForce) -> None:
    enter(new_lead(), "mql", 1, None, recorded_at=on_day(30))
    enter(new_lead(), "mql", 1, playbook, recorded_at=on_day(30))
    log = EntryLog(AsOf(on_day(5)))

    assert [entry.edition for entry in log] == [None]
    assert (log.imported, log.imported_later) == (1, 1)
    assert seen(5, Basis.RECORDED) == []
    assert len(seen(31, Basis.RECORDED)) == 2


def test_merged_leads_count_for_their_survivor_from_the_merge_on(playbook: EditionInForce) -> None:
    survivor, duplicate = new_lead(source="event"), new_lead(source="email")
    enter(duplicate, "mql", 1, playbook)
    enter(survivor, "lead", 2, playbook)
    merge(duplicate, survivor, day=5)

    assert seen(4) == [(survivor.pk, "lead"), (duplicate.pk, "mql")]
    assert seen(6) == [(survivor.pk, "mql"), (survivor.pk, "lead")]
    assert values(6) == ["event", "event"]
    assert values(4) == ["event", "email"]


def test_a_merge_of_a_survivor_does_not_change_what_was_before(playbook: EditionInForce) -> None:
    first, second, last = (new_lead(source=name) for name in ("a", "b", "c"))
    for lead in (first, second, last):
        enter(lead, "mql", 1, playbook)
    merge(first, second, day=3)
    before = (seen(4), values(4))
    merge(second, last, day=6)

    assert (seen(4), values(4)) == before
    assert {lead for lead, _ in seen(7)} == {last.pk}
    assert values(4) == ["b", "b", "c"]


def test_values_are_those_of_then(playbook: EditionInForce) -> None:
    lead = new_lead(source="email")
    enter(lead, "mql", 1, playbook)
    change(lead, "source", "event", "referral", 3)
    change(lead, "source", "referral", "email", 6)

    assert [values(day) for day in (2, 4, 7)] == [["event"], ["referral"], ["email"]]


def test_what_an_import_says_of_a_lead_belongs_to_its_history(playbook: EditionInForce) -> None:
    lead = new_lead(source="email")
    enter(lead, "mql", 1, None, recorded_at=on_day(30))
    change(lead, "source", None, "email", 30, cause="import")

    assert values(5) == ["email"]
    assert values(31, basis=Basis.RECORDED) == ["email"]


def test_the_team_is_that_of_the_owner_of_then(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = new_lead(owner=cast.sdr_b)
    enter(lead, "mql", 1, playbook)
    for owner, start, end in ((cast.sdr, 1, 3), (cast.sdr_b, 3, None)):
        Assignment.objects.create(
            lead=lead,
            owner=owner,
            queue="emea_sdr",
            cause="routed",
            occurred_at=on_day(start),
            recorded_at=on_day(start),
            ended_at=None if end is None else on_day(end),
            edition_id=playbook.id,
            actor_name="Concord",
        )

    assert [values(day, "team") for day in (2, 4)] == [["North"], ["South"]]


def test_attributes_of_the_contract_are_dimensions_too(playbook: EditionInForce) -> None:
    for attributes in ({"landing_page": "p1"}, {}):
        enter(new_lead(attributes=attributes), "mql", 1, playbook)

    assert values(2, "landing_page") == ["p1", ""]
