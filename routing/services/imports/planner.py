"""Planner statistics: a bulk load fills tables faster than the database's own upkeep notices.

Without them PostgreSQL takes a table that was empty a moment ago for empty and joins it row by row: the
chunks of a first large import then cost more the further it comes.
"""

from django.db import connection

from routing.models import Behaviour, ExternalId, Lead, LeadChange, StageEntry

FIRST, FACTOR = 1_000, 4
_TABLES = tuple(model._meta.db_table for model in (Lead, ExternalId, StageEntry, LeadChange, Behaviour))  # noqa: SLF001 - Django's documented API


def tell_planner(rows_before: int, rows_after: int) -> bool:
    """Refresh the statistics when a load passes 1,000, 4,000, 16,000 … rows; returns whether it did.

    So that the work grows with the logarithm of the file. SQLite needs none of it.
    """
    mark = FIRST
    while mark <= rows_before:
        mark *= FACTOR
    if connection.vendor != "postgresql" or rows_after < mark:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(_TABLES)}")
    return True
