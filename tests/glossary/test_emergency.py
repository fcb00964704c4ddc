"""The emergency path: several people put a change in force at once; everybody's sign-off must follow."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from glossary.choices import RequestState
from glossary.exceptions import NotAllowed, RequestRefused, StaleContent
from glossary.models import ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.proposals import proposal_of
from glossary.services.emergency import declare_emergency
from glossary.services.signing import Answer, sign
from glossary.services.sweeping import tick
from glossary.types import EditionInForce
from notifications.models import Notification
from reporting.choices import ReportKind
from reporting.services.runs import compute_now
from tests.glossary.amending import threshold
from tests.glossary.governing import answered, edited, published, put_in_force_as_emergency, slot, submitted
from tests.reporting.log import question
from tests.support import NOW


def in_force(cast: SimpleNamespace) -> ChangeRequest:
    return put_in_force_as_emergency("scoring", threshold(70), cast.marketing_ops, [cast.cmo, cast.revops])


def test_two_people_put_it_in_force_and_it_is_marked_for_good(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = in_force(cast)

    assert request.state == RequestState.PUBLISHED
    assert request.version is not None
    assert request.version.warrant["emergency"]["why"] == "Leads are lost every hour."
    assert {s["by"] for s in request.version.warrant["signoffs"]} == {"cmo", "revops"}
    assert request.ratify_by == NOW + timedelta(days=5)
    assert request.ratified_at is None


def test_one_person_is_not_enough(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = put_in_force_as_emergency("scoring", threshold(70), cast.marketing_ops, [cast.cmo])

    assert request.state == RequestState.IN_REVIEW
    with pytest.raises(NotAllowed, match="one person counts once"):
        answered(request, "seat_2", cast.cmo)
    assert edition_at(NOW).versions["scoring"] == 1


def test_who_wrote_it_declares_but_does_not_agree(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = put_in_force_as_emergency("scoring", threshold(70), cast.marketing_ops, [])

    with pytest.raises(NotAllowed, match="wrote a part"):
        answered(request, "seat_1", cast.marketing_ops)
    with pytest.raises(NotAllowed):
        answered(request, "seat_1", cast.sdr)


def test_a_rep_declares_no_emergency(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = submitted("scoring", threshold(70), cast.marketing_ops)
    with pytest.raises(NotAllowed):
        declare_emergency(request.pk, "Now!", request.digest, acting_user=cast.sdr, now=NOW)
    assert request.events.filter(kind="refused", actor=cast.sdr).count() == 1
    with pytest.raises(RequestRefused, match="why this cannot wait"):
        declare_emergency(request.pk, "  ", request.digest, acting_user=cast.revops, now=NOW)


def test_an_edit_ends_the_emergency(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = put_in_force_as_emergency("scoring", threshold(70), cast.marketing_ops, [cast.cmo])
    seat, shown = slot(request, "seat_2"), request.digest

    edited(request, threshold(75), cast.marketing_ops)

    with pytest.raises(Exception, match="content changed"):
        sign(Answer(seat.pk, "given", shown), acting_user=cast.revops, now=NOW)
    assert edition_at(NOW).versions["scoring"] == 1


def test_it_is_ratified_when_everybody_has_signed(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = in_force(cast)

    answered(request, "cmo", cast.cmo)
    request.refresh_from_db()
    assert request.ratified_at is None
    answered(request, "finance", cast.finance)

    request.refresh_from_db()
    assert request.ratified_at == NOW


def test_a_late_ratification_is_called_for_once_a_day(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = in_force(cast)
    late = NOW + timedelta(days=5, hours=1)

    for moment in (late, late + timedelta(minutes=1), late + timedelta(days=1)):
        tick(moment)

    calls = Notification.objects.filter(
        dedupe_key__startswith=f"ratify:{request.pk}:", recipient=cast.cmo, channel="inbox"
    )
    assert calls.count() == 2


def test_every_report_that_covers_it_says_so(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    before = compute_now(ReportKind.CONVERSION, question(), NOW)
    in_force(cast)

    after = compute_now(ReportKind.CONVERSION, question(), NOW + timedelta(minutes=1))

    assert not [note for note in before["notes"] if "emergency" in note]  # type: ignore[attr-defined]
    assert [note for note in after["notes"] if "Leads are lost every hour." in note]  # type: ignore[attr-defined]


def test_it_is_declared_on_the_merged_content(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = submitted("scoring", threshold(70), cast.marketing_ops)
    old = request.digest

    def cap(data: dict[str, Any]) -> None:
        data["total_cap"] = 120

    published("scoring", cap, cast.marketing_ops, {"cmo": cast.cmo, "finance": cast.finance})
    shown = proposal_of(request, NOW).digest

    declare_emergency(request.pk, "Now.", shown, acting_user=cast.revops, now=NOW)

    request.refresh_from_db()
    assert (request.base_number, request.digest) == (2, shown)
    assert request.digest != old
    assert slot(request, "seat_1").verdict == ""


def test_an_emergency_for_what_was_shown_before_a_merge_is_refused(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = submitted("scoring", threshold(70), cast.marketing_ops)

    def cap(data: dict[str, Any]) -> None:
        data["total_cap"] = 120

    published("scoring", cap, cast.marketing_ops, {"cmo": cast.cmo, "finance": cast.finance})

    with pytest.raises(StaleContent, match="merged"):
        declare_emergency(request.pk, "Now.", request.digest, acting_user=cast.revops, now=NOW)
    request.refresh_from_db()
    assert request.emergency_why == ""


def test_who_refused_to_ratify_may_think_again(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = in_force(cast)
    answered(request, "cmo", cast.cmo, verdict="rejected", note="Too fast.")
    answered(request, "finance", cast.finance)
    request.refresh_from_db()
    assert (request.state, request.ratified_at) == (RequestState.PUBLISHED, None)

    answered(request, "cmo", cast.cmo)

    request.refresh_from_db()
    assert request.ratified_at == NOW


def test_a_later_version_ends_the_ratification_and_it_stays_marked(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = in_force(cast)
    answered(request, "cmo", cast.cmo, verdict="rejected", note="Too fast.")

    published("scoring", threshold(65), cast.marketing_ops, {"cmo": cast.cmo, "finance": cast.finance})
    tick(NOW + timedelta(days=9))

    request.refresh_from_db()
    assert (request.awaits_ratification, request.ratified_at, request.superseded_at) == (False, None, NOW)
    assert not Notification.objects.filter(dedupe_key__startswith=f"ratify:{request.pk}:").exists()
    assert request.version is not None
    assert request.version.warrant["emergency"]


def test_those_who_propose_put_no_charter_in_force(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    def alone(data: dict[str, Any]) -> None:
        next(line for line in data["raci"] if line["workstream"] == "glossary")["accountable"] = [
            "revops_lead"
        ]

    request = put_in_force_as_emergency("charter", alone, cast.revops, [])

    for person in (cast.revops, cast.sales_ops):
        with pytest.raises(NotAllowed):
            answered(request, "seat_1", person)
    assert answered(request, "seat_1", cast.cro).verdict == "given"
