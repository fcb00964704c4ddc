"""Every reason of the standard playbook does what it says."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from dispositions.choices import ActionState, DispositionKind
from dispositions.engine.document import DispositionsDocument
from dispositions.services.carry_out import carry_out_due
from glossary.types import EditionInForce
from notifications.models import Notification
from routing.models import Lead, LeadChange, SlaClock
from routing.services.assign import assign_to
from routing.services.intake import intake
from tests.dispositions.desk_for_tests import LATER, OTHER, decided, owned_sal, recycled
from tests.routing.leads_for_tests import PERSON, minutes, new_lead, owned_mql, stages
from tests.routing.scene import serve
from tests.support import NOW

pytestmark = pytest.mark.django_db
DISQUALIFY, HAND_OVER = DispositionKind.DISQUALIFY, DispositionKind.HAND_OVER


@pytest.mark.parametrize(("reason", "days"), [("no_need", 180), ("no_budget", 90), ("unreachable", 60)])
def test_nurture_comes_back_after_its_days(
    playbook: EditionInForce, cast: SimpleNamespace, reason: str, days: int
) -> None:
    lead = owned_mql(cast.sdr)
    item = recycled(lead, reason, cast.sdr)
    lead.refresh_from_db()
    day = (LATER + timedelta(days=days)).date()
    assert (lead.stage, lead.next_touch_on, item.state) == ("recycled", day, ActionState.PENDING)
    assert lead.nurture_track == item.payload["track"]
    assert carry_out_due(now=item.due_at - timedelta(seconds=1)) == 0
    assert carry_out_due(now=item.due_at) == 1
    item.refresh_from_db()
    assert (item.state, item.outcome) == (ActionState.DONE, f"Came back from nurture to {cast.sdr}.")
    assert Notification.objects.filter(recipient=cast.sdr, kind="nurture_due").exists()
    assert carry_out_due(now=item.due_at + timedelta(days=1)) == 0


def test_the_day_agreed_is_a_day_where_the_rep_is(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cast.sdr.time_zone = "America/New_York"
    cast.sdr.save()
    lead = owned_mql(cast.sdr)
    item = recycled(lead, "bad_timing", cast.sdr, next_touch_on=date(2027, 3, 20))
    assert item.due_at == datetime(2027, 3, 20, 12, tzinfo=UTC)  # 08:00 EDT, the clocks have gone forward
    lead.refresh_from_db()
    assert lead.next_touch_on == date(2027, 3, 20)


def test_a_lead_comes_back_although_its_owner_has_left(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr_b)
    lead = owned_mql(cast.sdr)
    item = recycled(lead, "no_budget", cast.sdr)
    cast.sdr.is_active = False
    cast.sdr.save()
    carry_out_due(now=item.due_at)
    lead.refresh_from_db()
    item.refresh_from_db()
    assert (lead.owner, item.state) == (cast.sdr_b, ActionState.DONE)
    assert Notification.objects.filter(recipient=cast.sdr_b, kind="nurture_due").exists()
    assert not Notification.objects.filter(recipient=cast.sdr, kind="nurture_due").exists()


def test_the_date_does_nothing_to_a_lead_that_went_on(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = owned_mql(cast.sdr)
    item = recycled(lead, "no_budget", cast.sdr)
    decided(lead, DispositionKind.ACCEPT, cast.sdr, NOW + minutes(20))
    carry_out_due(now=item.due_at)
    item.refresh_from_db()
    assert (item.state, item.outcome) == (ActionState.DONE, "Nothing to do: the lead is in sal by now.")


def test_enrich_waits_in_the_queue_with_what_is_missing(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = owned_mql(cast.sdr)
    Lead.objects.filter(pk=lead.pk).update(company="", country="")
    item = recycled(lead, "wrong_contact", cast.sdr, note="Look for the CTO.")
    lead.refresh_from_db()
    assert (lead.owner, lead.queue, lead.stage) == (None, "enrichment", "recycled")
    assert (item.state, set(item.payload["missing"])) == (ActionState.DONE, {"company", "country"})
    assert item.outcome == "Waits in the queue Enrichment; to be found: Company, Country."


@pytest.mark.parametrize("reason", ["not_icp", "competitor", "no_market", "invalid_contact"])
def test_suppressed_means_left_alone_by_a_later_intake(
    playbook: EditionInForce, cast: SimpleNamespace, reason: str
) -> None:
    lead = owned_mql(cast.sdr)
    decided(lead, DISQUALIFY, cast.sdr, reason=reason)
    lead.refresh_from_db()
    label = playbook.document(DispositionsDocument).reason_by_key[reason].label
    assert (lead.stage, lead.suppressed, lead.suppressed_reason) == ("disqualified", True, label)
    assert not SlaClock.objects.running().filter(lead=lead).exists()
    change = LeadChange.objects.get(lead=lead, field="suppressed")
    assert (change.after, change.actor) == (True, cast.sdr)
    later = NOW + timedelta(days=3)
    result = intake({**PERSON, "job_title": "CEO"}, acting_user=None, now=later)
    lead.refresh_from_db()
    assert (result.created, result.changed, lead.job_title, lead.stage) == (False, False, "", "disqualified")
    assert LeadChange.objects.filter(lead=lead, cause="suppressed", field="intake").exists()


def test_a_duplicate_joins_the_lead_that_is_named(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr, **OTHER)
    done = decided(duplicate, DISQUALIFY, cast.sdr, reason="duplicate", survivor_id=survivor.pk)
    duplicate.refresh_from_db()
    assert (duplicate.merged_into_id, duplicate.owner) == (survivor.pk, None)
    item = done.actions.get()
    assert item.outcome == f"Merged into Anna Berg (lead {survivor.pk})."
    survivor.refresh_from_db()
    assert (survivor.stage, survivor.owner) == ("mql", cast.sdr)
    assert stages(duplicate)[-1] == "disqualified"


def test_out_of_territory_goes_past_its_present_owner(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = owned_mql(cast.sdr)
    done = decided(lead, HAND_OVER, cast.sdr, reason="out_of_territory")
    lead.refresh_from_db()
    assert (lead.owner, lead.stage, done.stage_entry) == (cast.sdr_b, "mql", None)
    assert done.actions.get().outcome == f"Routed to {cast.sdr_b}."


def test_already_in_process_goes_to_the_owner_of_the_opportunity(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    deal = new_lead(email="cto@acme-tools.example", first_name="Theo")
    assign_to(deal.pk, cast.ae, acting_user=None, now=NOW)
    Lead.objects.filter(pk=deal.pk).update(stage="opportunity")
    lead = owned_sal(cast.sdr)
    done = decided(lead, HAND_OVER, cast.sdr, reason="already_in_process")
    lead.refresh_from_db()
    assert (lead.owner, lead.stage) == (cast.ae, "sal")
    assert done.actions.get().outcome == f"Given to {cast.ae}, who owns the open opportunity."


def test_a_free_mail_address_finds_no_opportunity_of_strangers(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    deal = new_lead(email="theo@gmail.com", company="")
    assign_to(deal.pk, cast.ae, acting_user=None, now=NOW)
    Lead.objects.filter(pk=deal.pk).update(stage="opportunity")
    lead = owned_sal(cast.sdr)
    Lead.objects.filter(pk=lead.pk).update(email="anna@gmail.com", email_domain="gmail.com", company="")
    decided(lead, HAND_OVER, cast.sdr, reason="already_in_process")
    lead.refresh_from_db()
    assert lead.owner == cast.sdr_b


def test_every_reason_of_the_playbook_is_tested_here(playbook: EditionInForce) -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    keys = [reason.key for reason in playbook.document(DispositionsDocument).reasons]
    assert [key for key in keys if f'"{key}"' not in text] == []
