"""The page of a change request: for every role, in every state."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from glossary.models import ChangeRequest
from glossary.types import EditionInForce
from tests.glossary.pages import requests_for_tests as made

pytestmark = pytest.mark.django_db
Make = Callable[[SimpleNamespace], ChangeRequest]
STATES: list[Make] = [
    made.draft,
    made.with_findings,
    made.in_review,
    made.ready,
    made.in_force,
    made.conflicting,
    made.emergency,
]
READERS = ("cro", "cmo", "finance", "revops", "marketing_ops", "sdr", "enablement")


@pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
def test_everyone_reads_it_in_every_state(
    make: Make, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = make(cast)

    for name in READERS:
        text = made.page(made.signed_in(getattr(cast, name)), f"/changes/{request.pk}/")
        assert "A change" in text
        assert "A reason." in text
