"""How many own leads, and of which days they are: what the world and the process that is measured both know."""

from datetime import UTC, date, datetime

OWNERS, TEAMS = 20, 4
# A day is left at both ends of the window, so that no reporting zone moves a lead out of it.
SINCE, UNTIL = date(2025, 11, 1), date(2026, 10, 31)
FIRST, LAST = datetime(2025, 11, 2, 12), datetime(2026, 10, 30, 12)  # noqa: DTZ001 - DuckDB's are naive UTC
AS_OF = datetime(2026, 11, 15, 9, tzinfo=UTC)
ZONE = "Europe/London"
"""Of the reports, in the standard playbook."""
