"""`manage.py demo`: makes the demo organisation, seeded and reproducible."""

import gc
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from config.demo.cast import PASSWORD, hire
from config.demo.play import Play
from notifications.choices import DeliveryState
from notifications.models import Notification
from people.models import User
from routing.models import Lead

YEAR = timedelta(days=365)


class Command(BaseCommand):
    """A year of a made-up company, played through the real services."""

    help = "Fill an empty database with a demo organisation: people, about 2,500 leads over a year, clocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--leads", type=int, default=2500)
        parser.add_argument("--seed", type=int, default=20)
        parser.add_argument(
            "--until", type=datetime.fromisoformat, help="End of the year, with a zone; default now."
        )
        parser.add_argument("--if-empty", action="store_true", help="Do nothing when there is data already.")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists() or Lead.objects.exists():
            if not options["if_empty"]:
                raise CommandError(
                    "There is data already; the demo only goes into an empty database. "
                    "For a fresh one, set CONCORD_VAR to an empty folder, or DATABASE_URL to an empty database."
                )
            self._say_logins()
            return
        end = options["until"] or timezone.now()
        if end.tzinfo is None:
            raise CommandError(f"--until {end.isoformat()} has no zone. Add one, for example Z.")
        start = end - YEAR
        call_command("setup", in_force_from=(start - timedelta(days=1)).isoformat(), stdout=self.stdout)
        self.stdout.write(
            f"Playing a year with {options['leads']} leads (2,500 take three or four minutes) ..."
        )
        # Wholly or not at all: a demo that was interrupted must not pass for a finished one at the next start.
        with transaction.atomic():
            play = Play(hire(), seed=options["seed"], end=end)
            # Nothing of a year is garbage until it is over; collecting would only cost time.
            gc.disable()
            for done in play.run(options["leads"], start=start):
                self.stdout.write(f"\r{done} acts", ending="")
                self.stdout.flush()
            gc.enable()
            self._settle_outbox(end)
        self.stdout.write("\nThe demo organisation is ready.")
        self._say_logins()

    def _settle_outbox(self, end: datetime) -> None:
        """Messages of the played past count as delivered, and read when they are older than two days."""
        old = Notification.objects.filter(state=DeliveryState.PENDING, not_before__lt=end)
        old.update(state=DeliveryState.SENT, sent_at=end)
        Notification.objects.filter(created_at__lt=end - timedelta(days=2)).update(read_at=end)

    def _say_logins(self) -> None:
        people = User.objects.filter(is_demo=True, is_active=True)
        if not people.exists():
            return
        shown = (
            "ava",
            "jonas",
            "manager.emea",
            "revops",
            "marketingops",
            "analytics",
            "cro",
            "cmo",
            "finance",
        )
        self.stdout.write(f"Demo logins on {settings.SITE_URL} (password: {PASSWORD}):")
        for user in sorted(people.filter(username__in=shown), key=lambda u: shown.index(u.username)):
            roles = ", ".join(sorted(user.groups.values_list("name", flat=True)))
            self.stdout.write(f"  {user.username:14} {user!s:18} {roles}")
