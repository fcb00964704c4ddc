"""Plays the year: leads arrive and people act on them, through the same services as in real life.

A heap of (moment, number, act) is worked off in order of time; every act may push later ones. What lies after
`end` never happens, which leaves running and breached clocks and open leads as on any real day.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from config.demo.cast import CALENDARS, Cast
from config.demo.changes import Governance
from config.demo.profiles import Profile, arrivals, invent
from config.demo.reps import Rep
from dispositions.choices import ActionState
from dispositions.models import ActionItem
from dispositions.services.carry_out import carry_out_due
from glossary.queries.editions import memo
from routing.exceptions import RoutingRefused
from routing.models import SlaClock
from routing.queries.calendars import compiled, latest_revision
from routing.services.behaviours import record_behaviour
from routing.services.intake import intake
from routing.services.sweep import sweep_breaches
from routing.types import BehaviourInput, Capture

Act = Callable[[datetime], None]
# Beat's rhythm in the play: a breach is marked within minutes.
SWEEP_EVERY = timedelta(minutes=5)
BATCH = 250


class Play:
    """One seeded year of the demo organisation."""

    def __init__(self, cast: Cast, *, seed: int, end: datetime) -> None:
        self.cast = cast
        self.end = end
        self.rng = random.Random(seed)
        self.calendars = {region: compiled(latest_revision(key)) for region, key in CALENDARS.items()}
        self._acts: list[tuple[datetime, int, Act]] = []
        self._number = 0
        self._due: datetime | None = None
        self._due_known = False

    def run(self, leads: int, *, start: datetime) -> Iterator[int]:
        """Play `leads` leads from `start` on; yields the number of acts done so far, now and then.

        Acts are grouped by 250 into parts of the one transaction that the caller holds: this is a bulk load.
        """
        for number, moment in enumerate(arrivals(self.rng, leads, start, self.end)):
            self.at(moment, self._arrival(invent(self.rng, number, moment)))
        Governance(self.cast).plan(self.at, start, self.end)
        next_sweep, done = start, 0
        while self._acts:
            with memo(), transaction.atomic():
                for _ in range(BATCH):
                    if not self._acts:
                        break
                    moment, _, act = heapq.heappop(self._acts)
                    while next_sweep < moment:
                        self._beat(next_sweep)
                        next_sweep += SWEEP_EVERY
                    act(moment)
                    self._due_known = False
                    done += 1
            yield done
        self._due_known = False
        self._beat(self.end)

    def at(self, moment: datetime, act: Act) -> None:
        """Let `act` happen at `moment`; nothing happens after the end."""
        if moment < self.end:
            self._number += 1
            heapq.heappush(self._acts, (moment, self._number, act))

    def token(self) -> UUID:
        """A form token from the seeded generator."""
        return UUID(int=self.rng.getrandbits(128), version=4)

    def _beat(self, now: datetime) -> None:
        """What beat would make the workers do at `now`; asks the database only when something may be due."""
        if not self._due_known:
            self._due, self._due_known = self._earliest_due(), True
        if self._due is not None and self._due <= now:
            sweep_breaches(now)
            carry_out_due(now=now)
            self._due_known = False

    def _earliest_due(self) -> datetime | None:
        alerts = SlaClock.objects.running().aggregate(first=Min("next_alert_at"))["first"]
        actions = ActionItem.objects.filter(state=ActionState.PENDING).aggregate(first=Min("due_at"))["first"]
        return min((moment for moment in (alerts, actions) if moment is not None), default=None)

    def _arrival(self, profile: Profile) -> Act:
        def arrive(now: datetime) -> None:
            first = BehaviourInput(profile.doings[0][0], now)
            capture = Capture(captured_at=now, behaviours=(first,))
            result = intake(profile.payload, acting_user=None, now=now, capture=capture)
            rep = Rep(self, result.lead.pk, profile)
            for name, moment in profile.doings[1:]:
                self.at(moment, self._doing(result.lead.pk, name, rep))
            rep.wake(now)

        return arrive

    def _doing(self, lead_id: int, name: str, rep: Rep) -> Act:
        def happen(now: datetime) -> None:
            try:
                record_behaviour(lead_id, name, occurred_at=now, now=now)
            except RoutingRefused:
                return
            rep.wake(now)

        return happen
