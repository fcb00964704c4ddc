"""A change for a later day: checked again when the day comes, in force once, expired when nobody finishes it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from glossary.choices import RequestState
from glossary.exceptions import RequestRefused, StaleContent
from glossary.models import ChangeRequest, PolicyVersion
from glossary.queries.editions import edition_at
from glossary.services.drafting import Texts, change_texts
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit
from glossary.services.sweeping import tick
from glossary.types import EditionInForce
from notifications.models import Notification
from tests.glossary.amending import threshold
from tests.glossary.governing import answered, edited, opened, submitted
from tests.support import NOW

SOON = NOW + timedelta(days=2)


def scheduled(cast: SimpleNamespace) -> ChangeRequest:
    request = edited(opened("scoring", cast.marketing_ops), threshold(70), cast.marketing_ops)
    change_texts(request.pk, Texts("Later", "Because.", SOON), acting_user=cast.marketing_ops, now=NOW)
    submit(request.pk, acting_user=cast.marketing_ops, now=NOW)
    answered(request, "cmo", cast.cmo)
    answered(request, "finance", cast.finance)
    return publish_request(request.pk, acting_user=cast.marketing_ops, now=NOW)


def test_it_waits_for_its_day_and_goes_in_force_once(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = scheduled(cast)
    assert request.state == RequestState.SCHEDULED

    assert tick(SOON - timedelta(minutes=1)) == 0
    assert edition_at(SOON).versions["scoring"] == 1
    late = SOON + timedelta(minutes=9)
    assert [tick(late), tick(late), tick(late + timedelta(hours=1))] == [1, 0, 0]

    version = PolicyVersion.objects.get(workstream="scoring", number=2)
    assert version.in_force_from == late
    request.refresh_from_db()
    assert (request.state, request.version) == (RequestState.PUBLISHED, version)


def test_who_lost_the_role_meanwhile_holds_it_up(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = scheduled(cast)
    cast.cmo.groups.clear()

    assert tick(SOON) == 0

    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW
    assert edition_at(SOON).versions["scoring"] == 1
    told = Notification.objects.filter(subject__startswith="Not put in force", recipient=cast.marketing_ops)
    assert told.exists()


def test_an_edit_of_a_scheduled_change_unschedules_it(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = scheduled(cast)
    edited(request, threshold(80), cast.marketing_ops)

    assert tick(SOON) == 0
    request.refresh_from_db()
    assert request.state == RequestState.DRAFT


def test_a_date_that_has_passed_is_refused(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = opened("scoring", cast.marketing_ops)
    texts = Texts("Later", "Because.", NOW - timedelta(minutes=1))
    with pytest.raises(RequestRefused, match="has passed"):
        change_texts(request.pk, texts, acting_user=cast.marketing_ops, now=NOW)


def test_what_nobody_finishes_expires(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = submitted("scoring", threshold(70), cast.marketing_ops)
    answered(request, "cmo", cast.cmo)

    tick(NOW + timedelta(days=29))
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW
    tick(NOW + timedelta(days=30))

    request.refresh_from_db()
    assert request.state == RequestState.EXPIRED
    assert not request.signoffs.standing().exists()
    seat = request.signoffs.get(role="finance")
    with pytest.raises(StaleContent):
        sign(Answer(seat.pk, "given", request.digest, "ok"), acting_user=cast.finance, now=NOW)


def test_reminders_come_every_two_days_once(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    submitted("scoring", threshold(70), cast.marketing_ops)

    for hours in (1, 47, 49, 50, 97, 97):
        tick(NOW + timedelta(hours=hours))

    again = Notification.objects.filter(
        subject__startswith="Still waiting", recipient=cast.cmo, channel="inbox"
    )
    assert again.count() == 2
