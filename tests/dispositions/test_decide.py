"""decide(): refusals name their field, the same form is one decision, and who was faster is said."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from dispositions.choices import DispositionKind
from dispositions.exceptions import DecisionRefused, DefinitionsChanged
from dispositions.models import ActionItem, Disposition
from glossary.types import EditionInForce
from routing.exceptions import AdvanceRefused, Conflict, MoveNotAllowed, NotPermitted
from routing.models import Lead, LeadChange, StageEntry
from routing.services.assign import assign_to
from tests.dispositions.desk_for_tests import LATER, OTHER, decided, owned_sal
from tests.glossary.amending import publish_change, threshold
from tests.routing.leads_for_tests import SQL_GIVEN, minutes, new_mql, owned_mql
from tests.support import NOW

pytestmark = pytest.mark.django_db
K = DispositionKind


def test_the_way_to_won(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    decided(lead, K.ACCEPT, cast.sdr)
    done = decided(lead, K.QUALIFY, cast.sdr, NOW + minutes(11), given=SQL_GIVEN)
    assert done.stage_entry is not None
    assert (done.stage, done.stage_entry.to_stage, done.confirmations) == ("sal", "sql", SQL_GIVEN)
    facts = {"opportunity_id": "OPP-7", "amount": "12,500"}
    opened = decided(lead, K.OPEN, cast.sdr, NOW + minutes(12), facts=facts)
    lead.refresh_from_db()
    assert (lead.stage, lead.opportunity_id, lead.amount) == ("opportunity", "OPP-7", Decimal(12_500))
    change = LeadChange.objects.get(lead=lead, field="amount")
    assert (change.before, change.after, change.actor) == (None, 12_500, cast.sdr)
    assert change.recorded_at == opened.recorded_at
    decided(lead, K.WIN, cast.sdr, NOW + minutes(13))
    lead.refresh_from_db()
    assert lead.stage == "won"


def test_evidence_that_is_a_date_is_kept_as_text(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    given = {**SQL_GIVEN, "next_step": date(2026, 11, 25)}
    done = decided(owned_sal(cast.sdr), K.QUALIFY, cast.sdr, given=given)
    assert Disposition.objects.get(pk=done.pk).confirmations["next_step"] == "2026-11-25"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (K.RECYCLE, {}, "reason"),
        (K.RECYCLE, {"reason": "not_icp"}, "reason"),
        (K.RECYCLE, {"reason": "moon"}, "reason"),
        (K.RECYCLE, {"reason": "wrong_contact", "note": "  "}, "note"),
        (K.RECYCLE, {"reason": "bad_timing"}, "next_touch_on"),
        (K.RECYCLE, {"reason": "bad_timing", "next_touch_on": NOW.date()}, "next_touch_on"),
        (K.RECYCLE, {"reason": "no_budget", "next_touch_on": date(2062, 1, 1)}, "next_touch_on"),
        (K.RECYCLE, {"reason": "no_budget", "note": "x" * 10_001}, "note"),
        (K.DISQUALIFY, {"reason": "duplicate"}, "survivor"),
        (K.DISQUALIFY, {"reason": "duplicate", "survivor_id": 10**9}, "survivor"),
        (K.HAND_OVER, {"reason": "no_budget"}, "reason"),
    ],
)
def test_a_refusal_names_its_field_and_writes_nothing(
    playbook: EditionInForce,
    cast: SimpleNamespace,
    kind: DispositionKind,
    values: dict[str, Any],
    field: str,
) -> None:
    lead = owned_mql(cast.sdr)
    entries = StageEntry.objects.count()
    with pytest.raises(DecisionRefused) as refusal:
        decided(lead, kind, cast.sdr, **values)
    assert list(refusal.value.errors) == [field]
    assert (StageEntry.objects.count(), Disposition.objects.count(), ActionItem.objects.count()) == (
        entries,
        0,
        0,
    )


def test_a_lead_is_no_duplicate_of_itself_nor_of_one_out_of_sight(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead, hidden = owned_mql(cast.sdr), owned_mql(cast.sdr_b, **OTHER)
    for survivor in (lead, hidden):
        with pytest.raises(DecisionRefused, match=r"other one|see no such lead"):
            decided(lead, K.DISQUALIFY, cast.sdr, reason="duplicate", survivor_id=survivor.pk)
    hidden.refresh_from_db()
    assert Lead.objects.standing().count() == 2


def test_values_of_a_deal_are_checked_by_the_contract(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = owned_sal(cast.sdr)
    decided(lead, K.QUALIFY, cast.sdr, given=SQL_GIVEN)
    with pytest.raises(DecisionRefused) as refusal:
        decided(lead, K.OPEN, cast.sdr, facts={"opportunity_id": "OPP-1", "amount": "a lot"})
    assert list(refusal.value.errors) == ["amount"]
    with pytest.raises(AdvanceRefused, match="Amount is not known"):
        decided(lead, K.OPEN, cast.sdr, facts={"opportunity_id": "OPP-1"})
    lead.refresh_from_db()
    assert (lead.stage, lead.opportunity_id) == ("sql", "")


def test_the_gate_and_the_moves_are_asked(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    untouched = new_mql()
    assign_to(untouched.pk, cast.sdr, acting_user=None, now=NOW)
    with pytest.raises(AdvanceRefused, match="First touch is known"):
        decided(untouched, K.ACCEPT, cast.sdr)
    with pytest.raises(MoveNotAllowed):
        decided(untouched, K.QUALIFY, cast.sdr, given=SQL_GIVEN)
    assert not Disposition.objects.exists()


@pytest.mark.parametrize("who", ["sdr_b", "ae", "manager_b", "cro", "marketing_ops"])
def test_who_may_not_decide(playbook: EditionInForce, cast: SimpleNamespace, who: str) -> None:
    lead = owned_mql(cast.sdr)
    with pytest.raises(NotPermitted):
        decided(lead, K.RECYCLE, getattr(cast, who), reason="no_budget")


@pytest.mark.parametrize("who", ["sdr", "manager", "revops"])
def test_who_may_decide(playbook: EditionInForce, cast: SimpleNamespace, who: str) -> None:
    lead = owned_mql(cast.sdr)
    assert decided(lead, K.RECYCLE, getattr(cast, who), reason="no_budget").stage == "mql"


def test_the_same_token_is_one_decision(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead, token = owned_mql(cast.sdr), uuid4()
    first = decided(lead, K.RECYCLE, cast.sdr, token=token, reason="no_budget")
    again = decided(lead, K.RECYCLE, cast.sdr, NOW + minutes(20), token=token, reason="no_budget")
    assert (again.pk, Disposition.objects.count(), ActionItem.objects.count()) == (first.pk, 1, 1)
    with pytest.raises(DecisionRefused, match="already used"):
        decided(lead, K.ACCEPT, cast.sdr, token=token)
    with pytest.raises(DecisionRefused, match="already used"):
        decided(owned_mql(cast.sdr, **OTHER), K.RECYCLE, cast.sdr, token=token, reason="no_budget")


def test_the_same_form_after_a_merge_is_still_one_decision(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    survivor, duplicate, token = owned_mql(cast.sdr), owned_mql(cast.sdr, **OTHER), uuid4()
    values: dict[str, Any] = {"token": token, "reason": "duplicate", "survivor_id": survivor.pk}
    first = decided(duplicate, K.DISQUALIFY, cast.sdr, **values)
    assert decided(duplicate, K.DISQUALIFY, cast.sdr, **values).pk == first.pk
    with pytest.raises(Conflict, match="was merged into"):
        decided(duplicate, K.DISQUALIFY, cast.sdr, reason="not_icp")


def test_another_was_faster(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    decided(lead, K.RECYCLE, cast.manager, reason="no_budget")
    with pytest.raises(Conflict, match=r"is in RECYCLED by now: manager moved it there at 2026-11-23 10:10"):
        decided(lead, K.DISQUALIFY, cast.sdr, reason="not_icp", stage="mql")
    with pytest.raises(DecisionRefused, match="not offered here"):
        decided(lead, K.DISQUALIFY, cast.sdr, reason="not_icp")


def test_a_form_of_earlier_definitions_is_refused(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    publish_change(playbook, "scoring", threshold(70), now=NOW + minutes(2))
    with pytest.raises(DefinitionsChanged):
        decided(lead, K.ACCEPT, cast.sdr, edition_id=playbook.id)
    assert decided(lead, K.ACCEPT, cast.sdr).edition_id != playbook.id


def test_a_suppressed_lead_is_left_alone(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    Lead.objects.filter(pk=lead.pk).update(suppressed=True, suppressed_reason="Competitor")
    with pytest.raises(DecisionRefused, match="suppressed \\(Competitor\\)"):
        decided(lead, K.HAND_OVER, cast.sdr, reason="out_of_territory")


def test_tomorrow_is_tomorrow_where_the_rep_is(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    cast.sdr.time_zone = "Asia/Singapore"
    evening = NOW.replace(hour=17)  # 01:00 on the 24th in Singapore
    with pytest.raises(DecisionRefused, match="not in the future"):
        decided(lead, K.RECYCLE, cast.sdr, evening, reason="bad_timing", next_touch_on=date(2026, 11, 24))
    ok = decided(lead, K.RECYCLE, cast.sdr, evening, reason="bad_timing", next_touch_on=date(2026, 11, 25))
    assert ok.next_touch_on == date(2026, 11, 25)
    assert ok.recorded_at - LATER < timedelta(days=1)
