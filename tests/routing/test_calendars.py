"""Stored calendars: revisions, what queues work by, laying open clocks on new hours, setup."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from glossary.models import Edition
from glossary.types import EditionInForce
from routing.choices import ClockState
from routing.engine.business_time import CalendarSpec
from routing.exceptions import NotPermitted
from routing.models import BusinessCalendar, CalendarRevision, LeadChange, Pool
from routing.queries.calendars import compiled, latest_revision
from routing.services.assign import route
from routing.services.calendars import CalendarMissing, calendar_for, lay_down, standard_spec
from routing.services.relay import relay_open_clocks
from tests.routing.scene import a_lead, at, clock_of, happens, next_routing, serve
from tests.support import NOW

pytestmark = pytest.mark.django_db


def closed_on(*days: str) -> CalendarSpec:
    """London hours with further holidays."""
    return standard_spec("london").model_copy(
        update={"holidays": tuple(at(f"{d} 00:00").date() for d in days)}
    )


def test_equal_hours_make_no_new_revision(cast: SimpleNamespace) -> None:
    first = lay_down("london", "London", standard_spec("london"), acting_user=None, now=NOW)
    same = lay_down("london", "London", standard_spec("london"), acting_user=cast.revops, now=NOW)
    other = lay_down("london", "London", closed_on("2026-11-24"), acting_user=cast.revops, now=NOW)

    assert (first.pk, first.number) == (same.pk, 1)
    assert (other.number, other.actor) == (2, cast.revops)
    assert latest_revision("london") == other


def test_only_operations_edit_calendars(cast: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        lay_down("london", "London", standard_spec("london"), acting_user=cast.manager, now=NOW)

    assert not BusinessCalendar.objects.exists()


def test_queues_work_by_the_calendar_of_the_policy(playbook: EditionInForce) -> None:
    assert calendar_for("amer_sdr", playbook).calendar.key == "new_york"
    assert calendar_for("gone", playbook).calendar.key == "london"

    queues = [{"key": key, "name": key, "calendar": "atlantis"} for key in ("revops", "enrichment")]
    edition = next_routing({"queues": queues, "territories": []}, now=NOW)
    with pytest.raises(CalendarMissing, match="'atlantis'"):
        calendar_for("revops", edition)


def test_public_holidays_count_as_closed(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """Thursday 24 December 16:00 + 1 business day; 25 and 28 are holidays in England."""
    lead = a_lead(owner=cast.sdr, queue="emea_sdr", stage="mql")

    happens(lead, "touched", at("2026-12-24 16:00"))

    assert clock_of(lead, "acceptance").due_at == at("2026-12-29 16:00")


def test_a_new_revision_leaves_running_clocks_alone(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 16:30"))
    before = clock_of(lead).due_at

    lay_down("london", "London", closed_on("2026-11-24"), acting_user=None, now=at("2026-11-23 16:40"))

    assert clock_of(lead).due_at == before == at("2026-11-24 09:30")


def test_laying_open_clocks_anew_keeps_the_time_used(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead, late, done = a_lead(1), a_lead(2), a_lead(3, stage="mql")
    route(late.pk, now=at("2026-11-23 10:00"))
    route(done.pk, now=at("2026-11-23 10:00"))
    happens(done, "touched", at("2026-11-23 10:10"))
    route(lead.pk, now=at("2026-11-23 16:30"))
    new = lay_down("london", "London", closed_on("2026-11-24"), acting_user=None, now=at("2026-11-23 16:45"))
    calendar = BusinessCalendar.objects.get(key="london")

    # The acceptance clock of `done` is open too, so two clocks are laid on the new hours.
    assert relay_open_clocks(calendar, acting_user=cast.revops, now=at("2026-11-23 16:45")) == 2
    assert relay_open_clocks(calendar, acting_user=cast.revops, now=at("2026-11-23 16:50")) == 0

    clock = clock_of(lead)
    assert (clock.due_at, clock.calendar, clock.used_seconds) == (at("2026-11-25 09:30"), new, 900.0)
    assert clock.attempts.get().due_at == at("2026-11-25 09:30")
    assert clock_of(late).due_at == at("2026-11-23 11:00")
    log = LeadChange.objects.get(lead=lead, cause="calendar")
    assert log.before is not None
    assert log.after is not None
    assert log.before["due_at"].startswith("2026-11-24T09:30")
    assert log.after["due_at"].startswith("2026-11-25T09:30")
    assert log.actor == cast.revops

    happens(lead, "touched", at("2026-11-25 09:30"))
    assert (clock_of(lead).state, clock_of(lead).business_seconds) == (ClockState.MET, 3600.0)


def test_compiled_hours_are_found_by_content_not_by_id(playbook: EditionInForce) -> None:
    revision = calendar_for("emea_sdr", playbook)
    impostor = CalendarRevision(pk=revision.pk, spec=standard_spec("new_york").model_dump(mode="json"))

    assert compiled(revision).spec.zone == "Europe/London"
    assert compiled(impostor).spec.zone == "America/New_York"


def test_setup_prepares_an_empty_database_and_changes_nothing_again(db: None) -> None:
    first, second = StringIO(), StringIO()

    call_command("setup", "--in-force-from", "2024-01-01", stdout=first)
    call_command("setup", stdout=second)

    assert Edition.objects.get().in_force_from == at("2024-01-01 00:00")
    assert set(BusinessCalendar.objects.values_list("key", flat=True)) == {"london", "new_york", "singapore"}
    assert CalendarRevision.objects.count() == 3
    assert set(Pool.objects.values_list("queue", flat=True)) >= {"emea_sdr", "revops", "enrichment"}
    assert "standard playbook published" in first.getvalue()
    assert second.getvalue().count("exist already") == 3


def test_setup_names_a_date_that_is_none(db: None) -> None:
    with pytest.raises(CommandError, match="31-12-2024"):
        call_command("setup", "--in-force-from", "31-12-2024")

    assert not Edition.objects.exists()
