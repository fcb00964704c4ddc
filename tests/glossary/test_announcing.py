"""After a publication: who is told, who is asked to read it, and what they say."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from glossary.exceptions import NotAllowed, RequestRefused
from glossary.models import Acknowledgement, ChangeRequest, Comment
from glossary.services.acknowledging import acknowledge
from glossary.services.commenting import comment
from glossary.types import EditionInForce
from notifications.models import Notification
from tests.glossary.amending import threshold
from tests.glossary.governing import published, submitted
from tests.support import NOW

TOKEN = UUID(int=7)


def in_force(cast: SimpleNamespace) -> ChangeRequest:
    return published("scoring", threshold(70), cast.marketing_ops, {"cmo": cast.cmo, "finance": cast.finance})


def test_those_whose_work_it_touches_are_told_and_asked_to_read(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = in_force(cast)

    asked = set(
        Acknowledgement.objects.filter(version=request.version).values_list("user__username", flat=True)
    )
    told = Notification.objects.filter(kind="policy_published", channel="inbox")
    assert set(told.values_list("url", flat=True)) == {"/changelog/scoring/2/"}
    # Informed: sales managers. Consulted: Sales Ops. The MQL stage uses the threshold: its owners include RevOps.
    assert asked == {"manager", "manager_b", "sales_ops", "revops"}
    assert set(told.values_list("recipient__username", flat=True)) == {*asked, "marketing_ops"}


def test_reading_is_said_once(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = in_force(cast)
    assert request.version is not None

    acknowledge(request.version.pk, acting_user=cast.manager, now=NOW)
    again = acknowledge(request.version.pk, acting_user=cast.manager, now=NOW + timedelta(hours=1))

    assert again.acknowledged_at == NOW
    with pytest.raises(NotAllowed):
        acknowledge(request.version.pk, acting_user=cast.enablement, now=NOW)


def test_a_comment_is_written_once_and_told(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = submitted("scoring", threshold(70), cast.marketing_ops)

    for _ in range(2):
        comment(request.pk, " Why 70? ", TOKEN, acting_user=cast.sdr, now=NOW)

    assert [row.text for row in Comment.objects.all()] == ["Why 70?"]
    told = Notification.objects.filter(subject__startswith="sdr on", channel="inbox")
    assert set(told.values_list("recipient__username", flat=True)) == {"marketing_ops"}
    for text in ("  ", "x" * 4001, "a\0b"):
        with pytest.raises(RequestRefused):
            comment(request.pk, text, UUID(int=8), acting_user=cast.sdr, now=NOW)
