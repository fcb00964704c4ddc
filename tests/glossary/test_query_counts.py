"""What the pages of policies ask of the database: a baseline with 500 versions, 300 stages and 200 open requests.

Everything counts, the session and the reader too. A page that becomes more expensive fails here; one that becomes
cheaper gets a lower number in the table. None may reach twelve.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glossary.models import ChangeRequest, Contributor, SignOff
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, threshold
from tests.glossary.building import long_history, many_stages
from tests.glossary.governing import submitted

pytestmark = pytest.mark.django_db

# Address → queries, for somebody for whom a hundred requests wait.
BASELINE: dict[str, int] = {
    "/changes/": 9,
    "/changes/?view=open": 9,
    "/changes/?view=mine": 8,
    "/changelog/": 9,
    "/changelog/?stage=mql": 9,
    "/changelog/glossary/250/": 10,
    "/glossary/": 8,
    "/glossary/mql/": 9,
    "/glossary/?version=200": 8,
    "/raci/": 7,
}


def hundreds_of(request: ChangeRequest, number: int) -> None:
    """Copies of a request in review, with its slots."""
    slots = list(request.signoffs.all())
    for _ in range(number - 1):
        copy = ChangeRequest.objects.get(pk=request.pk)
        copy.pk = None
        copy.save()
        Contributor.objects.create(
            request=copy, user=request.author, name="x", identities=["x"], since=request.opened_at
        )
        SignOff.objects.bulk_create(
            SignOff(request=copy, cycle=1, duty=s.duty, role=s.role, asked_at=s.asked_at) for s in slots
        )


@pytest.fixture
def company(playbook: EditionInForce, cast: SimpleNamespace) -> Client:
    """A large organisation after years, and its CMO."""
    now = timezone.now()
    wide = publish_change(playbook, "glossary", many_stages(300), now=now - timedelta(days=500))
    long_history(wide, 500)
    hundreds_of(submitted("scoring", threshold(70), cast.marketing_ops, now=now), 100)
    hundreds_of(submitted("scoring", threshold(75), cast.revops, now=now), 100)
    client = Client()
    client.force_login(cast.cmo)
    return client


def test_the_baseline(company: Client) -> None:
    found = {}
    for address in BASELINE:
        company.get(address)  # policies are parsed once per process
        with CaptureQueriesContext(connection) as asked:
            assert company.get(address).status_code == 200
        found[address] = len(asked)

    assert found == BASELINE
    assert max(found.values()) < 12
    assert ChangeRequest.objects.count() == 200
