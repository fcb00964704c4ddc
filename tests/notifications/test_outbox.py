"""The outbox: once per person and channel, claimed, retried, parked; the inbox at once."""

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from notifications import nudges
from notifications.choices import Channel, DeliveryState
from notifications.models import Notification, Subscription
from notifications.queries import unread_count
from notifications.services import delivery
from notifications.services.outbox import deliver_due, notify, notify_roles
from notifications.types import Message
from people.choices import Role
from tests.support import NOW

pytestmark = pytest.mark.django_db

MESSAGE = Message(
    kind="clock_breached", subject="Late: Ann", dedupe_key="clock:1:100", body="Call her.", url="/x/"
)


class Flaky(EmailBackend):
    """A mail server that refuses everything to the addresses in `refused`."""

    refused: frozenset[str] = frozenset()

    def send_messages(self, messages: Sequence[mail.EmailMessage]) -> int:
        if any(address in self.refused for message in messages for address in message.to):
            raise SMTPServerDisconnected("connection lost")
        return int(super().send_messages(messages))


@pytest.fixture
def flaky(settings: Settings) -> type[Flaky]:
    settings.EMAIL_BACKEND = f"{__name__}.Flaky"
    return Flaky


def test_the_inbox_has_it_at_once_and_mail_goes_out_when_due(cast: SimpleNamespace) -> None:
    notify([cast.sdr], MESSAGE, now=NOW)

    assert unread_count(cast.sdr) == 1
    assert mail.outbox == []
    assert deliver_due(NOW) == 1
    assert deliver_due(NOW) == 0
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["sdr@example.com"], "Late: Ann")
    assert sent.body.startswith("Call her.\n\nhttp")
    assert sent.extra_headers["Message-ID"].startswith("<concord-")


def test_the_same_thing_is_told_once(cast: SimpleNamespace) -> None:
    for _ in range(2):
        notify([cast.sdr, cast.sdr], MESSAGE, now=NOW)

    assert Notification.objects.count() == 2
    assert deliver_due(NOW) == 1


def test_mail_waits_for_its_time(cast: SimpleNamespace) -> None:
    later = NOW + timedelta(hours=2)
    notify([cast.sdr], Message(kind="k", subject="s", dedupe_key="d", not_before=later), now=NOW)

    assert deliver_due(NOW) == 0
    assert unread_count(cast.sdr) == 1
    assert deliver_due(later) == 1


def test_muted_kinds_and_deactivated_people_get_nothing(cast: SimpleNamespace) -> None:
    Subscription.objects.create(user=cast.sdr, kind="clock_breached", channel=Channel.MAIL)
    cast.ae.is_active = False
    cast.ae.save()

    notify([cast.sdr, cast.ae], MESSAGE, now=NOW)

    assert [(row.recipient, row.channel) for row in Notification.objects.all()] == [(cast.sdr, Channel.INBOX)]


def test_roles_are_told_once_each(cast: SimpleNamespace) -> None:
    notify_roles([Role.SDR, Role.REVOPS], MESSAGE, now=NOW)

    people = Notification.objects.filter(channel=Channel.MAIL).values_list("recipient__username", flat=True)
    assert sorted(people) == ["revops", "sdr", "sdr_b"]


def test_a_row_that_always_fails_is_parked_and_the_others_flow(
    cast: SimpleNamespace, flaky: type[Flaky], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flaky, "refused", frozenset({"sdr@example.com"}))
    notify([cast.sdr, cast.ae], MESSAGE, now=NOW)

    sent = [deliver_due(NOW + timedelta(minutes=10 * attempt)) for attempt in range(8)]

    assert sent == [1, 0, 0, 0, 0, 0, 0, 0]
    row = Notification.objects.get(recipient=cast.sdr, channel=Channel.MAIL)
    assert (row.state, row.attempts) == (DeliveryState.PARKED, 5)
    assert row.last_error == "SMTPServerDisconnected: connection lost"


def test_a_retry_has_the_same_message_id(cast: SimpleNamespace) -> None:
    """The mail server took it, and the worker died before the row was marked."""
    notify([cast.sdr], MESSAGE, now=NOW)
    row = Notification.objects.get(channel=Channel.MAIL)
    deliver_due(NOW)
    Notification.objects.filter(pk=row.pk).update(
        state=DeliveryState.PENDING, leased_until=NOW + delivery.LEASE
    )

    assert deliver_due(NOW + timedelta(seconds=30)) == 0, "the lease still holds"
    assert deliver_due(NOW + delivery.LEASE) == 1
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_a_row_another_worker_took_is_left(cast: SimpleNamespace) -> None:
    notify([cast.sdr], MESSAGE, now=NOW)
    row = Notification.objects.get(channel=Channel.MAIL)

    assert delivery._claimed(row, NOW)
    assert not delivery._claimed(row, NOW)


def test_a_row_that_takes_its_worker_down_is_parked(cast: SimpleNamespace) -> None:
    notify([cast.sdr], MESSAGE, now=NOW)
    Notification.objects.filter(channel=Channel.MAIL).update(attempts=5, leased_until=NOW)

    assert deliver_due(NOW) == 0
    assert Notification.objects.get(channel=Channel.MAIL).state == DeliveryState.PARKED


def test_nothing_of_a_long_subject_is_lost(cast: SimpleNamespace) -> None:
    long = "Late:\n" + "x" * 300
    notify([cast.sdr], Message(kind="k", subject=long, dedupe_key="d"), now=NOW)

    deliver_due(NOW)

    assert len(mail.outbox[0].subject) == 200
    assert "x" * 300 in mail.outbox[0].body


def test_a_key_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="161 characters"):
        Message(kind="k", subject="s", dedupe_key="d" * 161)


def test_a_nudge_comes_once_after_the_commit_and_a_broken_one_breaks_nothing(
    cast: SimpleNamespace,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []
    monkeypatch.setitem(nudges._nudges, "notifications.deliver", lambda: calls.append("now"))

    with django_capture_on_commit_callbacks(execute=True):
        notify([cast.sdr], MESSAGE, now=NOW)
        notify([cast.ae], MESSAGE, now=NOW)
        assert calls == []

    assert calls == ["now"]
