"""Signing for somebody else: within the dates, named on the record, and never a way round the rules."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from glossary.choices import RequestState
from glossary.exceptions import NotAllowed, PublishRefused, RequestRefused
from glossary.models import Delegation
from glossary.services.delegating import delegate, take_back
from glossary.services.publishing import publish_request
from glossary.types import EditionInForce
from notifications.models import Notification
from people.models import User
from tests.glossary.amending import threshold
from tests.glossary.governing import answered, submitted
from tests.support import NOW

WEEK = timedelta(days=7)


def stand_in(cast: SimpleNamespace, from_user: User, to_user: User) -> Delegation:
    return delegate(to_user, (NOW - WEEK, NOW + WEEK), acting_user=from_user, now=NOW - WEEK, why="Holiday")


def test_a_stand_in_signs_and_both_names_are_kept(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    stand_in(cast, cast.cmo, cast.enablement)
    request = submitted("scoring", threshold(70), cast.marketing_ops)

    signoff = answered(request, "cmo", cast.enablement)
    answered(request, "finance", cast.finance)

    assert (signoff.signer, signoff.on_behalf_of) == (cast.enablement, cast.cmo)
    request = publish_request(request.pk, acting_user=cast.marketing_ops, now=NOW)
    assert request.version is not None
    line = request.version.warrant["signoffs"][0]
    assert (line["by"], line["for"]) == ("enablement", "cmo")


def test_stand_ins_are_asked_too(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    stand_in(cast, cast.cmo, cast.enablement)

    request = submitted("scoring", threshold(70), cast.marketing_ops)

    told = Notification.objects.filter(url=f"/changes/{request.pk}/", channel="inbox")
    assert set(told.values_list("recipient__username", flat=True)) >= {"cmo", "enablement", "finance"}


@pytest.mark.parametrize("moment", [NOW - 2 * WEEK, NOW + WEEK])
def test_outside_of_the_dates_nobody_stands_in(
    playbook: EditionInForce, cast: SimpleNamespace, moment: object
) -> None:
    stand_in(cast, cast.cmo, cast.enablement)
    request = submitted("scoring", threshold(70), cast.marketing_ops)

    with pytest.raises(NotAllowed):
        answered(request, "cmo", cast.enablement, now=moment)  # type: ignore[arg-type]


def test_taken_back_is_over_but_what_was_signed_stays(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    delegation = stand_in(cast, cast.cmo, cast.enablement)
    first = submitted("scoring", threshold(70), cast.marketing_ops)
    answered(first, "cmo", cast.enablement)

    take_back(delegation.pk, acting_user=cast.cmo, now=NOW)

    second = submitted("scoring", threshold(75), cast.marketing_ops)
    with pytest.raises(NotAllowed):
        answered(second, "cmo", cast.enablement)
    answered(first, "finance", cast.finance)
    first.refresh_from_db()
    assert first.state == RequestState.APPROVED


def test_nobody_signs_through_a_stand_in_what_they_wrote(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    cast.cmo.groups.add(*cast.marketing_ops.groups.all())
    stand_in(cast, cast.cmo, cast.enablement)
    request = submitted("scoring", threshold(70), User.objects.get(pk=cast.cmo.pk))

    with pytest.raises(NotAllowed, match="wrote a part"):
        answered(request, "cmo", cast.enablement)


def test_one_person_counts_once_also_for_two_others(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    stand_in(cast, cast.cmo, cast.enablement)
    stand_in(cast, cast.finance, cast.enablement)
    request = submitted("scoring", threshold(70), cast.marketing_ops)
    answered(request, "cmo", cast.enablement)

    with pytest.raises(NotAllowed, match="one person counts once"):
        answered(request, "finance", cast.enablement)


def test_a_delegation_does_not_go_on(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    stand_in(cast, cast.cmo, cast.enablement)
    stand_in(cast, cast.enablement, cast.sdr)
    request = submitted("scoring", threshold(70), cast.marketing_ops)

    with pytest.raises(NotAllowed):
        answered(request, "cmo", cast.sdr)


def test_who_delegated_and_lost_the_role_counts_no_more(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    stand_in(cast, cast.cmo, cast.enablement)
    request = submitted("scoring", threshold(70), cast.marketing_ops)
    answered(request, "cmo", cast.enablement)
    answered(request, "finance", cast.finance)

    cast.cmo.groups.clear()

    with pytest.raises(PublishRefused, match="cmo no longer holds the role"):
        publish_request(request.pk, acting_user=cast.marketing_ops, now=NOW)


def test_what_cannot_be_delegated_is_said(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cast.sdr_b.is_active = False
    cast.sdr_b.save()
    for to_user, span, sentence in (
        (cast.cmo, (NOW, NOW + WEEK), "another person"),
        (cast.sdr_b, (NOW, NOW + WEEK), "not active"),
        (cast.sdr, (NOW, NOW), "after the beginning"),
        (cast.sdr, (NOW - 2 * WEEK, NOW - WEEK), "after the beginning, and ahead"),
        (cast.sdr, (NOW, NOW + 20 * WEEK), "92 days"),
    ):
        with pytest.raises(RequestRefused, match=sentence):
            delegate(to_user, span, acting_user=cast.cmo, now=NOW)
    delegation = stand_in(cast, cast.cmo, cast.enablement)
    with pytest.raises(RequestRefused, match="of yours"):
        take_back(delegation.pk, acting_user=cast.enablement, now=NOW)
