"""How the reps of the demo act on one lead: touches, decisions, hand-overs, deals. Chances, not rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from config.demo.profiles import Profile
from dispositions.choices import DispositionKind
from dispositions.exceptions import DecisionRefused
from dispositions.services.decide import decide
from dispositions.types import Decision
from people.models import User
from routing.choices import TouchKind, TouchResult
from routing.engine.business_time import due_at
from routing.exceptions import RoutingRefused
from routing.models import Lead
from routing.services.advance import advance
from routing.services.assign import assign_to
from routing.services.intake import intake
from routing.services.touches import log_touch
from routing.types import TouchInput

if TYPE_CHECKING:
    from config.demo.play import Play

WORKED = ("inquiry", "lead", "mql")
RECYCLE = ("no_need", "no_need", "no_budget", "bad_timing", "bad_timing", "unreachable", "unreachable")
CONFIRMED = {
    "need": True,
    "budget": True,
    "authority": True,
    "timing": True,
    "discovery_notes": "Wants to replace a spreadsheet before the next planning round.",
    "next_step": "Discovery with the team is booked.",
}
CALL_GUIDES = ("First call", "Follow-up call", "Voicemail with a reason")
MAIL_TEMPLATES = ("Short intro", "Follow-up", "Case study")


class Rep:
    """Whoever owns the lead at the moment, acting after business-like delays."""

    def __init__(self, play: Play, lead_id: int, profile: Profile) -> None:
        self.play = play
        self.rng = play.rng
        self.lead_id = lead_id
        self.profile = profile
        self.touches = 0
        self._asleep = True

    def wake(self, now: datetime) -> None:
        """Something happened to the lead: if nobody is on it yet, plan a first touch."""
        if not self._asleep:
            return
        self._asleep = False
        minutes = self.rng.lognormvariate(3.3, 0.8)
        # The last days are busy ones, so that the desk shows promises running and broken.
        busy = self.play.end - now < timedelta(days=5)
        if self.rng.random() < (0.6 if busy else 0.12):
            minutes += self.rng.uniform(60, 2400 if busy else 420)
        self._later(now, minutes * 60, self._touch)

    def _later(self, now: datetime, business_seconds: float, act: Callable[[datetime], None]) -> None:
        """Plan an act after so much business time of the lead's region."""
        calendar = self.play.calendars[self.profile.region]
        self.play.at(due_at(calendar, now, max(60, round(business_seconds))), act)

    def _lead(self) -> Lead:
        lead = Lead.objects.select_related("owner", "merged_into").get(pk=self.lead_id)
        return lead.merged_into or lead

    def _touch(self, now: datetime) -> None:
        lead = self._lead()
        if lead.owner is None or lead.stage not in WORKED or lead.suppressed:
            self._asleep = True
            return
        self.touches += 1
        reached = self.rng.random() < 0.3 + 0.12 * min(self.profile.quality, 2.0)
        call = self.rng.random() < 0.55
        missed = TouchResult.NO_ANSWER if self.rng.random() < 0.6 else TouchResult.VOICEMAIL
        touch = TouchInput(
            kind=TouchKind.CALL if call else TouchKind.EMAIL,
            result=TouchResult.REACHED if reached else missed if call else TouchResult.SENT,
            token=self.play.token(),
            template=self.rng.choice(CALL_GUIDES if call else MAIL_TEMPLATES),
        )
        log_touch(lead.pk, touch, acting_user=lead.owner, now=now)
        if reached:
            self._later(now, self.rng.lognormvariate(8.6, 1.0), self._decide)
        elif lead.stage != "mql":
            self._asleep = True  # Marketing goes on with it; more interest wakes the rep again
        elif self.touches < self.rng.randint(3, 6):
            self._later(now, self.rng.uniform(0.6, 2.5) * 28_800, self._touch)
        else:
            self._later(now, 1800, self._give_up)

    def _give_up(self, now: datetime) -> None:
        lead = self._lead()
        if lead.stage == "mql":
            self._decision(lead, DispositionKind.RECYCLE, now, reason="unreachable")
        self._asleep, self.touches = True, 0

    def _decide(self, now: datetime) -> None:
        lead = self._lead()
        self._asleep = True
        if lead.stage == "mql":
            if self.rng.random() < min(0.92, 0.45 + 0.22 * self.profile.quality):
                if self._decision(lead, DispositionKind.ACCEPT, now):
                    self._later(now, self.rng.uniform(600, 14_400), self._hand_to_ae)
            elif self.rng.random() < 0.3:
                self._disqualify(lead, now)
            else:
                self._recycle(lead, now)
        elif lead.stage in {"inquiry", "lead"} and self.rng.random() < 0.22:
            self._disqualify(lead, now)

    def _hand_to_ae(self, now: datetime) -> None:
        lead = self._lead()
        if lead.stage != "sal":
            return
        region = self.profile.region
        ae, manager = self.rng.choice(self.play.cast.aes[region]), self.play.cast.managers[region]
        # A colleague elsewhere may have got the lead with their account: then it is RevOps who hands it over.
        sees = Lead.objects.visible_to(manager).filter(pk=lead.pk).exists()
        acting_user = manager if sees else self.play.cast.office["revops"]
        assign_to(lead.pk, ae, acting_user=acting_user, now=now)
        self._later(now, self.rng.lognormvariate(11.0, 0.8), self._qualify)

    def _qualify(self, now: datetime) -> None:
        lead = self._lead()
        if lead.stage != "sal" or lead.owner is None:
            return
        if self.rng.random() < min(0.9, 0.4 + 0.2 * self.profile.quality):
            if self._decision(lead, DispositionKind.QUALIFY, now):
                self._later(now, self.rng.lognormvariate(10.8, 0.9), self._open_deal)
        else:
            self._recycle(lead, now)

    def _open_deal(self, now: datetime) -> None:
        lead = self._lead()
        if lead.stage != "sql" or lead.owner is None:
            return
        if self.rng.random() < 0.22:
            self._recycle(lead, now)
            return
        amount = round(self.rng.lognormvariate(9.6, 0.7), -2)
        deal: dict[str, object] = {"opportunity_id": f"OPP-{lead.pk:05d}", "amount": amount}
        intake({"email": lead.email, **deal}, acting_user=None, now=now)
        self._advance(lead, "opportunity", now)
        self.play.at(now + timedelta(days=self.rng.lognormvariate(3.3, 0.5)), self._close_deal)

    def _close_deal(self, now: datetime) -> None:
        lead = self._lead()
        if lead.stage == "opportunity":
            won = self.rng.random() < min(0.75, 0.2 + 0.18 * self.profile.quality)
            self._advance(lead, "won" if won else "lost", now)

    def _advance(self, lead: Lead, stage: str, now: datetime) -> None:
        try:
            advance(lead.pk, stage, acting_user=lead.owner, now=now)
        except RoutingRefused:
            self._asleep = True

    def _recycle(self, lead: Lead, now: datetime) -> None:
        reason = self.rng.choice(RECYCLE if lead.stage == "mql" else RECYCLE[:-2])
        self._decision(lead, DispositionKind.RECYCLE, now, reason=reason)

    def _disqualify(self, lead: Lead, now: datetime) -> None:
        reason = self.rng.choice(("not_icp", "not_icp", "competitor", "no_market", "invalid_contact"))
        self._decision(lead, DispositionKind.DISQUALIFY, now, reason=reason)

    def _decision(self, lead: Lead, kind: DispositionKind, now: datetime, reason: str = "") -> bool:
        owner: User | None = lead.owner
        if owner is None:
            return False
        later = (now + timedelta(days=self.rng.randint(20, 120))).date() if reason == "bad_timing" else None
        decision = Decision(
            token=self.play.token(),
            reason=reason,
            next_touch_on=later,
            given=CONFIRMED if kind is DispositionKind.QUALIFY else {},
        )
        try:
            decide(lead.pk, kind, decision, acting_user=owner, now=now)
        except (RoutingRefused, DecisionRefused):
            return False
        return True
