"""setup: everything that an empty database needs before the first lead; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from glossary.exceptions import PolicyError
from glossary.management.commands.publish_playbook import read_instant
from glossary.queries.editions import newest_edition
from glossary.services.playbook import publish_playbook
from people.services import ensure_roles
from routing.services.calendars import ensure_standard_calendars
from routing.services.readiness import ensure_pools


class Command(BaseCommand):
    """Roles, the standard playbook where no policy exists, business calendars, and a pool for every queue."""

    help = "Prepare the database: roles, standard playbook, business calendars, pools. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--in-force-from",
            metavar="DATE",
            default="",
            help="when the standard playbook begins; may lie in the past, so that history can be judged by it",
        )

    def handle(self, *args: Any, in_force_from: str, **options: Any) -> None:
        now = timezone.now()
        begin = read_instant(in_force_from) if in_force_from else None
        ensure_roles()
        self._say("Roles", "are there")
        try:
            existing = newest_edition()
            edition = existing or publish_playbook(now=now, in_force_from=begin)
        except PolicyError as error:
            raise CommandError(str(error)) from error
        told = f"edition {edition.number}, in force from {edition.in_force_from:%Y-%m-%d %H:%M} UTC"
        self._say(
            "Policies", f"exist already: {told}" if existing else f"standard playbook published: {told}"
        )
        calendars = ensure_standard_calendars(now=now)
        self._say("Calendars", f"laid down {', '.join(calendars)}" if calendars else "exist already")
        pools = ensure_pools(edition)
        self._say("Pools", f"made for {', '.join(pools)}" if pools else "exist already")

    def _say(self, what: str, outcome: str) -> None:
        self.stdout.write(f"{what}: {outcome}.")
