"""publish_playbook: found the organisation on the standard playbook."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from glossary.exceptions import PolicyError
from glossary.queries.editions import newest_edition
from glossary.services.playbook import publish_playbook


def read_instant(text: str) -> datetime:
    """An instant from an ISO date (its first moment, UTC) or date and time. Raises CommandError."""
    try:
        instant = parse_datetime(text)
        day = parse_date(text)
    except ValueError:
        instant = day = None
    if instant is None and day is not None:
        instant = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (the zone follows)
    if instant is None:
        raise CommandError(
            f"--in-force-from {text!r} is no date; write 2026-01-31 or 2026-01-31T09:00:00+00:00."
        )
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class Command(BaseCommand):
    """Publishes version 1 of all six policies; does nothing, and says so, where policies exist."""

    help = "Publish the standard playbook as version 1 of every policy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--in-force-from",
            metavar="DATE",
            default="",
            help="may lie in the past, so that imported history can be judged by it (UTC; default: now)",
        )

    def handle(self, *args: Any, in_force_from: str, **options: Any) -> None:
        begin = read_instant(in_force_from) if in_force_from else None
        try:
            existing = newest_edition()
            if existing is not None:
                self.stdout.write(f"Policies exist already (edition {existing.number}); nothing was changed.")
                return
            edition = publish_playbook(now=timezone.now(), in_force_from=begin)
        except PolicyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Published the standard playbook: edition {edition.number}, in force from "
            f"{edition.in_force_from:%Y-%m-%d %H:%M} UTC."
        )
