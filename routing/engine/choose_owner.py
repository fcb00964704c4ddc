"""Who gets the next lead: weighted round robin over the members of one pool. Pure; the caller holds the lock.

The rule: the lowest assigned/weight, ties by least recently assigned, then by id. Absence earns no catch-up
burst: whoever joins or comes back starts at the pool's minimum. A cap counts open work; who is full is passed
over but keeps their counter, because they were there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

_NEVER = datetime.min.replace(tzinfo=UTC)


def is_away(absence: tuple[datetime | None, datetime | None], now: datetime) -> bool:
    """Whether `now` lies in an absence [from, until). Both None = none; one None = open on that side."""
    since, until = absence
    if since is None and until is None:
        return False
    return (since is None or since <= now) and (until is None or now < until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A member of a pool as the round robin sees them.

    Attributes:
        member_id: id of the membership; the last tie-breaker.
        user_id: the person.
        name: how the decision trace calls them.
        weight: share of the pool's leads, at least 1.
        cap: most open leads at a time; None = no limit.
        open_work: open leads they have now.
        assigned: leads counted so far.
        last_assigned_at: None = never.
        is_active: False = left the pool, or the account is deactivated.
        away_from: None = no absence planned, or away since ever if `away_until` is set.
        away_until: the first instant back; None = until further notice.
        was_away: newcomer or back from absence: the counter is lifted before the next choice.
    """

    member_id: int
    user_id: int
    name: str = ""
    weight: int = 1
    cap: int | None = None
    open_work: int = 0
    assigned: float = 0.0
    last_assigned_at: datetime | None = None
    is_active: bool = True
    away_from: datetime | None = None
    away_until: datetime | None = None
    was_away: bool = False

    @property
    def share(self) -> float:
        """Leads per unit of weight."""
        return self.assigned / self.weight

    def is_away(self, now: datetime) -> bool:
        """Whether they are absent at `now`: [away_from, away_until)."""
        return is_away((self.away_from, self.away_until), now)

    def is_present(self, now: datetime) -> bool:
        """Whether they take part in the round robin at `now`."""
        return self.is_active and not self.is_away(now)

    @property
    def is_full(self) -> bool:
        """Whether their open work has reached their cap."""
        return self.cap is not None and self.open_work >= self.cap

    def took(self, now: datetime) -> "Candidate":
        """Themselves after getting one lead at `now`."""
        return replace(self, assigned=self.assigned + 1, open_work=self.open_work + 1, last_assigned_at=now)

    def why_not(self, now: datetime) -> str:
        """Why they cannot get a lead now; empty when they can."""
        if not self.is_active:
            return "no longer in the pool"
        if self.is_away(now):
            until = "" if self.away_until is None else f" until {self.away_until:%Y-%m-%d %H:%M} UTC"
            return f"away{until}"
        if self.is_full:
            return f"full: {self.open_work} open of at most {self.cap}"
        return ""


def settled(members: Iterable[Candidate], *, now: datetime) -> list[Candidate]:
    """The members with absences noted, and newcomers and returners lifted to the minimum of those present.

    Without anybody who was present all along, everyone starts level, at the highest counter there is among them.
    """
    noted = [member if member.is_present(now) else replace(member, was_away=True) for member in members]
    present = [member for member in noted if member.is_present(now)]
    stayed = [member.share for member in present if not member.was_away]
    floor = min(stayed) if stayed else max((member.share for member in present), default=0.0)
    return [
        _lifted(member, floor) if member.is_present(now) and member.was_away else member for member in noted
    ]


def _lifted(member: Candidate, floor: float) -> Candidate:
    return replace(member, was_away=False, assigned=max(member.assigned, floor * member.weight))


def choose(members: Sequence[Candidate], *, now: datetime) -> Candidate | None:
    """Who gets the next lead at `now`; None when everyone is full or away.

    The answer is the settled candidate before taking the lead: `took(now)` counts it.
    """
    able = [member for member in settled(members, now=now) if member.is_present(now) and not member.is_full]
    return min(able, key=_turn, default=None)


def _turn(member: Candidate) -> tuple[float, datetime, int]:
    return member.share, member.last_assigned_at or _NEVER, member.member_id
