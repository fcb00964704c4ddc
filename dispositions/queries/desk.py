"""What the desk shows a person: their open leads by urgency, what waits in their queues, what they decided."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet

from dispositions.choices import DispositionKind
from dispositions.engine.acts import TARGETS
from dispositions.engine.document import DispositionsDocument, Do, Outcome
from dispositions.queries.clock_views import COUNTING, ClockView, clock_view
from dispositions.queries.decided import Decided, decided_lately
from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from people.models import User
from routing.engine.documents.routing import TOUCHED
from routing.models import Lead, QueueMember, SlaClock
from routing.models.leads import LeadQuerySet

SIZE = 50
# Who has more open leads than this wants a manager, not a longer list.
MOST_LEADS = 2000
SECTIONS = {"late": "Late", "due-soon": "Due soon", "on-time": "Running", "paused": "Paused", "": "No clock"}
TOUCH = "touch"
FORWARD = (DispositionKind.ACCEPT, DispositionKind.QUALIFY, DispositionKind.OPEN, DispositionKind.WIN)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One lead on the desk.

    Attributes:
        clock: its most urgent running clock; None = no promise runs.
        section: status of that clock; empty without one.
        act: key of the act that the lead waits for (touch, accept, qualify …); empty = none is known.
    """

    lead: Lead
    clock: ClockView | None
    section: str
    act: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the desk of one person at one moment.

    Attributes:
        page: where we are among all leads; `rows` are those of this page.
        counts: section → number of own leads in it, over all pages, in the order of the page.
        waiting: what waits unowned in the person's queues, oldest first, at most 50 of `waiting_count`.
    """

    page: Page[int]
    rows: list[DeskRow]
    counts: dict[str, int]
    waiting: list[DeskRow]
    waiting_count: int
    decided: list[Decided]


def desk_of(user: User, *, now: datetime, today: date, edition: EditionInForce, number: str = "1") -> Desk:
    """The desk of `user` at `now`; `today` is the date where they are, `number` the page wanted.

    Order: late (longest overdue first), due soon, running by due time, paused, then without a clock by
    newest. A constant number of queries, whatever the number of leads.
    """
    own = open_leads(user, today=today, edition=edition)
    clocks = _most_urgent(own, now=now, edition=edition)
    rest = _without_clock(own, clocks)
    page = Paginator([*clocks, *rest], SIZE).get_page(number)
    leads = Lead.objects.in_bulk(list(page.object_list))
    counts = Counter(view.status for view in clocks.values())
    counts[""] = len(rest)
    waiting = waiting_leads(user, today=today, edition=edition)
    return Desk(
        page=page,
        rows=[_row(leads[pk], clocks.get(pk), edition) for pk in page.object_list],
        counts={section: counts[section] for section in SECTIONS},
        waiting=[_row(lead, _urgent_of(lead, now, edition), edition) for lead in _waiting(waiting)],
        waiting_count=waiting.count(),
        decided=decided_lately(user, now=now, edition=edition),
    )


def open_leads(user: User, *, today: date, edition: EditionInForce) -> LeadQuerySet:
    """The person's own leads that are open work at `today`."""
    return _workable(Lead.objects.filter(owner=user), today, edition)


def waiting_leads(user: User, *, today: date, edition: EditionInForce) -> LeadQuerySet:
    """What waits unowned in the queues that the person serves."""
    served = QueueMember.objects.filter(user=user, is_active=True).values("queue")
    seen = Lead.objects.visible_to(user).filter(owner__isnull=True, queue__in=served)
    return _workable(seen, today, edition)


def _workable(leads: LeadQuerySet, today: date, edition: EditionInForce) -> LeadQuerySet:
    """In the funnel; or recycled and due again, or recycled and waiting for somebody to find what is missing."""
    stages = [stage.key for stage in edition.document(GlossaryDocument).funnel()]
    enriching = [
        reason.action.queue
        for reason in edition.document(DispositionsDocument).reasons
        if reason.action.do is Do.ENRICH and reason.action.queue
    ]
    again = Q(next_touch_on__lte=today) | Q(next_touch_on__isnull=True, queue__in=enriching)
    recycled = Q(stage=Outcome.RECYCLED.value) & again
    return leads.standing().filter(Q(stage__in=stages) | recycled, suppressed=False)


def _most_urgent(own: "QuerySet[Lead]", *, now: datetime, edition: EditionInForce) -> dict[int, ClockView]:
    """The most urgent running clock of each lead that has one, in order of urgency."""
    clocks = SlaClock.objects.running().filter(lead__in=own.values("pk"))
    rows = clocks.order_by("due_at", "id").prefetch_related(*COUNTING)[:MOST_LEADS]
    views = sorted((clock_view(row, now=now, edition=edition) for row in rows), key=lambda v: v.urgency)
    found: dict[int, ClockView] = {}
    for view in views:
        found.setdefault(view.clock.lead_id, view)
    return found


def _without_clock(own: "QuerySet[Lead]", clocked: Iterable[int]) -> list[int]:
    """Leads on which no promise runs, the newest first."""
    rest = own.exclude(pk__in=list(clocked)).order_by("-captured_at", "-pk")
    return list(rest.values_list("pk", flat=True)[:MOST_LEADS])


def _waiting(leads: "QuerySet[Lead]") -> list[Lead]:
    running = SlaClock.objects.running().prefetch_related(*COUNTING)
    oldest = leads.order_by("captured_at", "pk").prefetch_related(
        Prefetch("clocks", running, to_attr="running")
    )
    return list(oldest[:SIZE])


def _urgent_of(lead: Lead, now: datetime, edition: EditionInForce) -> ClockView | None:
    views = [clock_view(row, now=now, edition=edition) for row in getattr(lead, "running", ())]
    return min(views, key=lambda view: view.urgency, default=None)


def _row(lead: Lead, clock: ClockView | None, edition: EditionInForce) -> DeskRow:
    return DeskRow(lead, clock, clock.status if clock else "", _awaited(lead, clock, edition))


def _awaited(lead: Lead, clock: ClockView | None, edition: EditionInForce) -> str:
    """The act that keeps the running promise, else the one that leads to the next stage."""
    if clock is not None and clock.to == TOUCHED:
        return TOUCH
    ends = {clock.to} if clock is not None else set(TARGETS.values())
    moves = edition.document(GlossaryDocument).moves_by_ends
    forward = (kind for kind in FORWARD if TARGETS[kind] in ends and (lead.stage, TARGETS[kind]) in moves)
    return next((kind.value for kind in forward), TOUCH if clock is None else "")
