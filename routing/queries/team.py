"""What a manager's page shows: breaches, leads nobody accepted yet, and the load of each person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from glossary.types import EditionInForce
from people.choices import REPS, RUNS_OPERATIONS
from people.models import User
from routing.engine.documents import RoutingDocument
from routing.engine.documents.routing import ROUTED, TOUCHED
from routing.models import Lead, SlaClock
from routing.queries.clock_status import status_of

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A running clock as a row: the clock, the name of its promise, and its status word."""

    clock: SlaClock
    promise: str
    status: str


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One person's load: open leads, how many of them are late, and whether they are away from their queues."""

    person: User
    open_leads: int
    late: int
    is_away: bool


def breaches(user: User, *, now: datetime, edition: EditionInForce) -> list[ClockRow]:
    """Clocks that are late at `now` on leads that `user` may see, the oldest due first; at most 100."""
    clocks = _seen(SlaClock.objects.overdue_at(now), user)
    return [_row(clock, now, edition) for clock in clocks[:MOST_ROWS]]


def unaccepted(user: User, *, now: datetime, edition: EditionInForce) -> list[ClockRow]:
    """Owned leads that wait for their first touch or for acceptance, the next due first; at most 100 clocks."""
    keys = [
        target.key for target in edition.document(RoutingDocument).sla if target.from_ in {ROUTED, TOUCHED}
    ]
    clocks = _seen(SlaClock.objects.running().filter(key__in=keys, lead__owner__isnull=False), user)
    return [_row(clock, now, edition) for clock in clocks[:MOST_ROWS]]


def _seen(clocks: QuerySet[SlaClock], user: User) -> QuerySet[SlaClock]:
    visible = Lead.objects.visible_to(user).standing()
    rows = (
        clocks.filter(lead__in=visible).select_related("lead__owner", "calendar").prefetch_related("pauses")
    )
    return rows.order_by("due_at", "id")


def _row(clock: SlaClock, now: datetime, edition: EditionInForce) -> ClockRow:
    target = edition.document(RoutingDocument).sla_by_key.get(clock.key)
    return ClockRow(clock, target.name if target else clock.key, status_of(clock, now))


def people_of(user: User) -> QuerySet[User]:
    """Whom `user` may give leads to: RevOps everyone who works leads, a manager the people of their teams."""
    people = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
    if user.has_role(*RUNS_OPERATIONS) or user.is_superuser:
        return people.filter(groups__name__in=REPS).distinct()
    return people.filter(Q(team__manager=user) | Q(pk=user.pk)).distinct()


def workload(user: User, *, now: datetime, stages: list[str]) -> list[LoadRow]:
    """Open and late leads of everyone whom `user` may give leads to. `stages` are those of open work."""
    people = list(people_of(user).prefetch_related("queue_memberships").select_related("team"))
    open_leads = _counted(Lead.objects.standing().filter(stage__in=stages, owner__in=people), "owner")
    late = _counted(SlaClock.objects.overdue_at(now).filter(owner__in=people), "owner", "lead")
    return [
        LoadRow(person, open_leads.get(person.pk, 0), late.get(person.pk, 0), _is_away(person, now))
        for person in people
    ]


def _counted(rows: "QuerySet[Lead] | QuerySet[SlaClock]", by: str, what: str = "pk") -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(n=Count(what, distinct=True)))


def _is_away(person: User, now: datetime) -> bool:
    served = [member for member in person.queue_memberships.all() if member.is_active]
    return bool(served) and all(member.is_away_at(now) for member in served)
