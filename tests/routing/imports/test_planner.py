"""A large first import keeps PostgreSQL's planner informed, now and then."""

import pytest
from django.db import connection

from routing.services.imports.planner import tell_planner


@pytest.mark.postgres
@pytest.mark.django_db
def test_statistics_are_refreshed_at_growing_distances() -> None:
    # Given a file that comes in chunks of a thousand rows
    chunks = [(start, start + 1_000) for start in range(0, 20_000, 1_000)]
    # Then the planner is told at 1,000, 4,000 and 16,000 rows, and not in between
    assert [after for before, after in chunks if tell_planner(before, after)] == [1_000, 4_000, 16_000]


@pytest.mark.django_db
def test_it_is_no_matter_of_sqlite() -> None:
    assert tell_planner(0, 1_000) == (connection.vendor == "postgresql")
