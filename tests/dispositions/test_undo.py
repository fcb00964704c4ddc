"""undo(): what can be taken back is, by later rows; what cannot is said."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from dispositions.choices import ActionState, DispositionKind
from dispositions.exceptions import DecisionRefused
from dispositions.models import ActionItem, Disposition
from dispositions.queries.decided import UNDO_WINDOW
from dispositions.services.carry_out import attempt, carry_out_due
from dispositions.services.undo import undo
from glossary.types import EditionInForce
from people.models import User
from routing.exceptions import NotPermitted
from routing.models import Lead, LeadChange, SlaClock, StageEntry
from routing.services.assign import assign_to
from routing.services.taking import take
from tests.dispositions.desk_for_tests import LATER, OTHER, decided, owned_sal, recycled
from tests.routing.leads_for_tests import SQL_GIVEN, minutes, owned_mql
from tests.routing.scene import serve
from tests.support import NOW

pytestmark = pytest.mark.django_db
K = DispositionKind
SOON = LATER + minutes(1)


def test_a_recycling_is_taken_back(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    Lead.objects.filter(pk=lead.pk).update(next_touch_on=date(2026, 12, 24), nurture_track="earlier")
    item = recycled(lead, "no_budget", cast.sdr)
    entries = StageEntry.objects.count()
    back = take_back(item, cast.sdr)
    item.refresh_from_db()
    assert (back.stage, back.next_touch_on, back.nurture_track) == ("mql", date(2026, 12, 24), "earlier")
    assert (item.state, StageEntry.objects.count()) == (ActionState.CANCELLED, entries + 1)
    assert carry_out_due(now=item.due_at + timedelta(days=1)) == 0
    clock = SlaClock.objects.get(lead=lead, key="acceptance")
    assert (clock.state, clock.started_at) == ("running", NOW)


def test_a_suppression_is_lifted(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    done = decided(lead, K.DISQUALIFY, cast.sdr, reason="not_icp")
    back = undo(done.pk, acting_user=cast.sdr, now=SOON)
    assert (back.stage, back.suppressed, back.suppressed_reason) == ("mql", False, "")
    changes = LeadChange.objects.filter(lead=lead, field="suppressed").order_by("id")
    assert list(changes.values_list("before", "after", "cause")) == [
        (False, True, "suppress"),
        (True, False, "undo"),
    ]


@pytest.mark.parametrize("who", ["sdr", "manager"])
def test_an_enrichment_gives_the_lead_back_to_its_owner(
    playbook: EditionInForce, cast: SimpleNamespace, who: str
) -> None:
    serve("emea_sdr", cast.sdr)
    author = getattr(cast, who)
    lead = owned_mql(cast.sdr)
    item = recycled(lead, "wrong_contact", author, note="Look for the CTO.")
    back = take_back(item, author)
    assert (back.stage, back.owner, back.queue) == ("mql", cast.sdr, "emea_sdr")


def test_an_enrichment_that_somebody_took_is_left_alone(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("enrichment", cast.sdr_b)
    item = recycled(owned_mql(cast.sdr), "wrong_contact", cast.sdr, note="Look for the CTO.")
    take(item.lead_id, acting_user=cast.sdr_b, now=SOON)
    with pytest.raises(DecisionRefused, match="A colleague has taken the lead"):
        take_back(item, cast.sdr)


def test_accepting_and_opening_are_taken_back_with_their_values(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = owned_sal(cast.sdr)
    qualified = decided(lead, K.QUALIFY, cast.sdr, given=SQL_GIVEN)
    facts = {"opportunity_id": "OPP-1", "amount": "900"}
    opened = decided(lead, K.OPEN, cast.sdr, SOON, facts=facts)
    back = undo(opened.pk, acting_user=cast.sdr, now=SOON + minutes(1))
    assert (back.stage, back.opportunity_id, back.amount) == ("sql", "", None)
    assert LeadChange.objects.filter(lead=lead, field="amount", cause="undo").get().before == 900
    assert undo(qualified.pk, acting_user=cast.sdr, now=SOON + minutes(2)).stage == "sal"


def test_a_value_that_changed_since_is_left_alone(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_sal(cast.sdr)
    decided(lead, K.QUALIFY, cast.sdr, given=SQL_GIVEN)
    opened = decided(lead, K.OPEN, cast.sdr, SOON, facts={"opportunity_id": "OPP-1", "amount": "900"})
    Lead.objects.filter(pk=lead.pk).update(amount=1200)
    back = undo(opened.pk, acting_user=cast.sdr, now=SOON + minutes(1))
    assert (back.opportunity_id, back.amount) == ("", Decimal(1200))


def test_limits_are_said(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    first = decided(lead, K.ACCEPT, cast.sdr)
    second = decided(lead, K.RECYCLE, cast.sdr, SOON, reason="no_budget")
    refused(first, cast.sdr, SOON, "Undo that one first")
    refused(second, cast.sdr_b, SOON, "Only the person who decided")
    refused(second, cast.revops, SOON, "Only the person who decided")
    refused(second, cast.sdr, SOON + UNDO_WINDOW + timedelta(seconds=1), "more than 15 minutes old")
    undo(second.pk, acting_user=cast.sdr, now=SOON + UNDO_WINDOW)
    refused(second, cast.sdr, SOON, "undone already")
    # What came later is undone, so the earlier one is the latest again.
    assert undo(first.pk, acting_user=cast.sdr, now=SOON).stage == "mql"


def test_a_merge_and_a_new_owner_stay(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr_b)
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr, **OTHER)
    merged = decided(duplicate, K.DISQUALIFY, cast.sdr, reason="duplicate", survivor_id=survivor.pk)
    refused(merged, cast.sdr, SOON, "a merge stays")
    handed = decided(survivor, K.HAND_OVER, cast.sdr, reason="out_of_territory")
    refused(handed, cast.sdr, SOON, "has a new place")
    assert Disposition.objects.count() == 2


def test_an_action_that_was_undone_is_not_carried_out_by_a_worker_that_holds_it(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    item = recycled(owned_mql(cast.sdr), "no_budget", cast.sdr)
    held = ActionItem.objects.get(pk=item.pk)
    take_back(item, cast.sdr)
    assert not attempt(held, now=SOON)
    item.refresh_from_db()
    assert (item.state, item.done_at) == (ActionState.CANCELLED, None)


def test_who_lost_the_lead_cannot_undo(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    done = decided(lead, K.ACCEPT, cast.sdr)
    assign_to(lead.pk, cast.ae, acting_user=cast.revops, now=SOON)
    with pytest.raises(NotPermitted):
        undo(done.pk, acting_user=cast.sdr, now=SOON)


def take_back(item: ActionItem, user: User) -> Lead:
    assert item.disposition_id is not None
    return undo(item.disposition_id, acting_user=user, now=SOON)


def refused(decision: Disposition, user: User, now: datetime, words: str) -> None:
    with pytest.raises(DecisionRefused, match=words):
        undo(decision.pk, acting_user=user, now=now)
