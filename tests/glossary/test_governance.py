"""A change from draft to in force: who must sign, what voids, what goes in force."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from glossary.choices import RequestState
from glossary.exceptions import NotAllowed, PublishRefused, RequestRefused, StaleContent
from glossary.models import Acknowledgement, PolicyVersion, SignOff
from glossary.queries.editions import edition_at
from glossary.queries.proposals import proposal_of
from glossary.queries.verify import verify_everything
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit, withdraw
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from tests.glossary.amending import stage, threshold
from tests.glossary.governing import answered, approved, edited, opened, published, slot, submitted
from tests.support import NOW


def rename_mql(data: dict[str, Any]) -> None:
    stage(data, "mql")["name"] = "Marketing lead"


def rename_sql(data: dict[str, Any]) -> None:
    stage(data, "sql")["name"] = "Sales lead"


def three(cast: SimpleNamespace) -> dict[str, Any]:
    return {"cro": cast.cro, "cmo": cast.cmo, "finance": cast.finance}


def test_scoring_asks_the_cmo_and_finance_only(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = submitted("scoring", threshold(70), cast.marketing_ops)

    asked = {(s.duty, s.role) for s in SignOff.objects.filter(request=request)}

    assert asked == {
        ("approve", "cmo"),
        ("validate", "finance"),
        ("consult", "sales_ops"),
        ("consult", "product"),
    }


def test_from_draft_to_in_force(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    signers = {"cmo": cast.cmo, "finance": cast.finance}
    request = approved("scoring", threshold(70), cast.marketing_ops, signers)
    assert request.state == RequestState.APPROVED
    assert edition_at(NOW).document(ScoringDocument).thresholds["mql"] == 65

    request = publish_request(request.pk, acting_user=cast.marketing_ops, now=NOW)

    assert edition_at(NOW).document(ScoringDocument).thresholds["mql"] == 70
    version = PolicyVersion.objects.get(workstream="scoring", number=2)
    assert request.version == version
    assert [(s["role"], s["by"]) for s in version.warrant["signoffs"]] == [
        ("cmo", "cmo"),
        ("finance", "finance"),
    ]
    assert Acknowledgement.objects.filter(version=version).exists()
    assert verify_everything().editions == 2
    # A second click changes nothing
    publish_request(request.pk, acting_user=cast.marketing_ops, now=NOW)
    assert PolicyVersion.objects.filter(workstream="scoring").count() == 2


def test_nobody_signs_what_they_wrote(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cast.cmo.groups.add(*cast.marketing_ops.groups.all())
    request = submitted("scoring", threshold(70), cast.cmo)
    with pytest.raises(NotAllowed, match="wrote a part"):
        answered(request, "cmo", cast.cmo)
    assert slot(request, "cmo").verdict == ""
    assert request.events.filter(kind="refused", actor=cast.cmo).exists()


def test_an_edit_voids_every_sign_off(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = submitted("glossary", rename_mql, cast.revops)
    answered(request, "cro", cast.cro)
    edited(request, rename_sql, cast.revops)
    request.refresh_from_db()
    assert request.state == RequestState.DRAFT
    assert not SignOff.objects.standing().filter(request=request).exists()
    with pytest.raises(RequestRefused):
        publish_request(request.pk, acting_user=cast.revops, now=NOW)


def test_what_changed_since_the_page_was_shown_is_not_signed(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = submitted("glossary", rename_mql, cast.revops)
    shown, seat = proposal_of(request, NOW).digest, slot(request, "cro")
    edited(request, rename_sql, cast.revops)
    submit(request.pk, acting_user=cast.revops, now=NOW)
    with pytest.raises(StaleContent):
        sign(Answer(seat.pk, "given", shown), acting_user=cast.cro, now=NOW)
    with pytest.raises(StaleContent):
        sign(Answer(slot(request, "cro").pk, "given", shown), acting_user=cast.cro, now=NOW)


def test_a_signer_who_lost_the_role_counts_no_more(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = approved("glossary", rename_mql, cast.revops, three(cast))
    cast.cro.groups.clear()
    with pytest.raises(PublishRefused, match="no longer holds the role"):
        publish_request(request.pk, acting_user=cast.revops, now=NOW)
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW
    assert slot(request, "cro").verdict == ""
    assert slot(request, "cmo").verdict == "given"


def test_without_finance_nothing_ships(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = approved("glossary", rename_mql, cast.revops, {"cro": cast.cro, "cmo": cast.cmo})
    with pytest.raises(RequestRefused, match="only an approved one"):
        publish_request(request.pk, acting_user=cast.revops, now=NOW)


def test_another_items_change_is_merged_and_signed_again(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    first = approved("glossary", rename_mql, cast.revops, three(cast))
    second = approved("glossary", rename_sql, cast.revops, three(cast))
    publish_request(first.pk, acting_user=cast.revops, now=NOW)
    with pytest.raises(StaleContent, match="merged"):
        publish_request(second.pk, acting_user=cast.revops, now=NOW)
    second.refresh_from_db()
    assert (second.state, second.base_number, second.cycle) == (RequestState.IN_REVIEW, 2, 2)
    for role, user in three(cast).items():
        answered(second, role, user)
    publish_request(second.pk, acting_user=cast.revops, now=NOW)
    names = {s["name"] for s in playbook_data()["stages"]}
    assert {"Marketing lead", "Sales lead"} <= names


def playbook_data() -> dict[str, Any]:
    newest = PolicyVersion.objects.filter(workstream="glossary").latest("number")
    data: dict[str, Any] = json.loads(newest.content)
    return data


def test_the_merged_content_shown_to_the_signers_needs_no_second_round(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    second = submitted("glossary", rename_sql, cast.revops)
    published("glossary", rename_mql, cast.revops, three(cast))
    for role, user in three(cast).items():
        answered(second, role, user)
    publish_request(second.pk, acting_user=cast.revops, now=NOW)
    assert {"Marketing lead", "Sales lead"} <= {s["name"] for s in playbook_data()["stages"]}


def test_the_same_item_is_a_conflict_and_goes_back(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    first = approved("glossary", rename_mql, cast.revops, three(cast))

    def other(data: dict[str, Any]) -> None:
        stage(data, "mql")["name"] = "Warm lead"

    second = approved("glossary", other, cast.revops, three(cast))
    publish_request(first.pk, acting_user=cast.revops, now=NOW)
    with pytest.raises(StaleContent, match="changed the same"):
        publish_request(second.pk, acting_user=cast.revops, now=NOW)
    second.refresh_from_db()
    assert second.state == RequestState.CHANGES_REQUESTED
    assert proposal_of(second, NOW).proposed.conflicts[0].item == "stages.mql"


def test_who_may_not_propose_is_refused(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        opened("glossary", cast.sdr)
    with pytest.raises(NotAllowed):
        opened("glossary", cast.marketing_ops)
    request = opened("scoring", cast.marketing_ops)
    with pytest.raises(NotAllowed):
        withdraw(request.pk, "", acting_user=cast.sdr, now=NOW)
