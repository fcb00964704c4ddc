"""Whole numbers written into a statement."""

import pytest

from routing.models import Lead
from routing.queries.numbers import Among
from tests.support import NOW


def new_lead() -> Lead:
    return Lead.objects.create(captured_at=NOW, recorded_at=NOW)


@pytest.mark.django_db
def test_it_finds_what_a_list_of_parameters_finds() -> None:
    leads = [new_lead() for _ in range(5)]
    ids = [leads[0].pk, leads[3].pk, 10**12, -1]

    assert (
        set(Lead.objects.filter(Among("pk", ids)))
        == set(Lead.objects.filter(pk__in=ids))
        == {leads[0], leads[3]}
    )
    assert Lead.objects.exclude(Among("pk", ids)).count() == 3


@pytest.mark.django_db
def test_an_empty_list_finds_nothing() -> None:
    new_lead()

    assert not Lead.objects.filter(Among("pk", ())).exists()


@pytest.mark.django_db
def test_more_than_any_database_takes_as_parameters() -> None:
    lead = new_lead()

    assert Lead.objects.get(Among("pk", range(100_000))) == lead


@pytest.mark.parametrize("value", ["1) OR (1=1", 1.5, True, None])
def test_nothing_else_gets_into_a_statement(value: object) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Among("pk", [1, value])  # type: ignore[list-item]  # that is what is tested
