"""Several senders at once: one person stays one lead, one id means one lead. Needs PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from glossary.types import EditionInForce
from routing.exceptions import RoutingRefused
from routing.models import ExternalId, Lead, SlaClock, StageEntry
from routing.services.intake import IntakeResult, intake
from routing.types import Capture
from tests.routing.leads_for_tests import PERSON
from tests.support import NOW

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="writers at once need PostgreSQL: set DATABASE_URL"
    ),
]
Answer = IntakeResult | RoutingRefused


def together(*acts: Callable[[], IntakeResult]) -> list[Answer]:
    """What each act answers when all begin at the same moment, in threads of their own."""
    start = Barrier(len(acts))

    def run(act: Callable[[], IntakeResult]) -> Answer:
        try:
            start.wait()
            return act()
        except RoutingRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sending(capture: Capture = Capture(), **values: object) -> Callable[[], IntakeResult]:  # noqa: B008 - frozen
    return lambda: intake({**PERSON, **values}, acting_user=None, now=NOW, capture=capture)


def test_eight_intakes_of_one_address_make_one_lead(playbook: EditionInForce) -> None:
    answers = together(*(sending(first_name=f"Anna {n}") for n in range(8)))

    results = [answer for answer in answers if isinstance(answer, IntakeResult)]
    assert len(results) == 8
    assert sum(result.created for result in results) == 1
    lead = Lead.objects.get()
    assert StageEntry.objects.filter(lead=lead, to_stage="inquiry").count() == 1
    assert SlaClock.objects.filter(lead=lead, key="routing").count() == 1


def test_one_id_with_two_addresses_at_once_leaves_one_lead(playbook: EditionInForce) -> None:
    """The id is known once the first is in: the second is about the same lead, and says a new address."""
    for round_ in range(5):
        capture = Capture(external=("hubspot", f"contact-{round_}"))
        answers = together(
            *(sending(capture, email=f"{who}{round_}@acme-tools.example") for who in ("anna", "berta"))
        )

        owner = ExternalId.objects.get(value=f"contact-{round_}").lead_id
        results = [answer for answer in answers if isinstance(answer, IntakeResult)]
        assert [result.lead.pk for result in results] == [owner] * 2
