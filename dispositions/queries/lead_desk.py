"""The lead page of the desk: where the lead stands, what may be done with it, and what the next stage still needs."""

from dataclasses import dataclass, replace
from datetime import datetime

from dispositions.choices import DispositionKind
from dispositions.engine.acts import Way, asked_fields, next_stage, ways
from dispositions.engine.document import DispositionsDocument
from dispositions.queries.clock_views import COUNTING, ClockView, clock_view
from dispositions.queries.standing import Judge, Scores, judge_of, unconfirmed
from glossary.engine.documents import GlossaryDocument, Mover, Stage
from glossary.engine.speech import MOVERS
from glossary.types import EditionInForce
from people.access import may_act_on
from people.models import User
from routing.engine.verdict import Verdict
from routing.models import Lead, QueueMember, SlaClock
from routing.services.moves import movers_of

TOUCH, TAKE = "touch", "take"
LABELS = {
    TOUCH: "Log a touch",
    TAKE: "Take this lead",
    DispositionKind.ACCEPT: "Accept",
    DispositionKind.QUALIFY: "Qualify",
    DispositionKind.OPEN: "Open opportunity",
    DispositionKind.WIN: "Won",
    DispositionKind.LOSE: "Lost",
    DispositionKind.RECYCLE: "Recycle",
    DispositionKind.DISQUALIFY: "Disqualify",
    DispositionKind.HAND_OVER: "Hand over",
}
KEYS = {
    TOUCH: "t",
    "accept": "a",
    "qualify": "q",
    "recycle": "r",
    "disqualify": "d",
    "open": "o",
    "hand_over": "h",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One act on the page.

    Attributes:
        key: touch, take, or a kind of decision; part of its address.
        shortcut: its key on the keyboard; empty = none.
        target: the stage it leads to; None = the lead stays.
        problem: why this person may not do it; empty = may.
        lacking: what the target stage still needs that no form can give; a line each.
    """

    key: str
    label: str
    shortcut: str
    target: Stage | None = None
    problem: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def url_name(self) -> str:
        """Name of the address that its form is sent to."""
        return f"desk_{self.key}"

    @property
    def is_possible(self) -> bool:
        """Whether the form may be filled in now."""
        return not self.problem and not self.lacking


@dataclass(frozen=True, slots=True)
class LeadDesk:
    """One lead as its page shows it at one moment.

    Attributes:
        clocks: running ones, the most urgent first.
        offers: what may be done, with what stands against it; empty when the person only looks on.
        primary: key of the one act that comes next; empty = none.
        following: the next stage; None at the end of the way.
        verdict: on entering it, nothing confirmed yet; None without one.
    """

    lead: Lead
    stage: Stage | None
    clocks: list[ClockView]
    scores: Scores
    offers: list[Offer]
    primary: str
    following: Stage | None
    verdict: Verdict | None

    def offer(self, key: str) -> Offer | None:
        """The act with this key, if it is offered."""
        return next((offer for offer in self.offers if offer.key == key), None)


def lead_desk(lead: Lead, user: User, *, now: datetime, edition: EditionInForce) -> LeadDesk:
    """Everything that the first screen answers about a lead that `user` may see."""
    glossary = edition.document(GlossaryDocument)
    judge = judge_of(lead, now=now, edition=edition)
    movers = movers_of(user, lead)
    known = ways(lead.stage, glossary, edition.document(DispositionsDocument))
    following = next_stage(lead.stage, glossary, [way for way in known if way.is_open_to(movers)])
    offers = _offers(lead, user, known, judge)
    return LeadDesk(
        lead=lead,
        stage=glossary.stage_by_key.get(lead.stage),
        clocks=_clocks(lead, now, edition),
        scores=judge.scores,
        offers=offers,
        primary=_primary(offers, judge),
        following=following,
        verdict=judge.verdict(following) if following else None,
    )


def _offers(lead: Lead, user: User, known: list[Way], judge: Judge) -> list[Offer]:
    if lead.merged_into_id is not None or lead.suppressed:
        return []
    if lead.owner_id is None and _serves(user, lead.queue):
        return [Offer(TAKE, LABELS[TAKE], "")]
    if not may_act_on(user, lead):
        return []
    touch = Offer(TOUCH, LABELS[TOUCH], KEYS[TOUCH])
    return [touch, *(_offer(way, movers_of(user, lead), judge) for way in known)]


def _offer(way: Way, movers: frozenset[Mover], judge: Judge) -> Offer:
    offer = Offer(way.kind.value, LABELS[way.kind], KEYS.get(way.kind.value, ""), way.target)
    if not way.is_open_to(movers):
        who = " or ".join(MOVERS[mover] for mover in way.by)
        return replace(offer, problem=f"Only {who} may do this.")
    if way.target is None:
        return offer
    asked = asked_fields(way.target, judge.edition.document(GlossaryDocument))
    verdict = judge.verdict(way.target, given_by_form=frozenset(field.key for field in asked))
    return replace(offer, lacking=tuple(unconfirmed(verdict).lacking()))


def _serves(user: User, queue: str) -> bool:
    return bool(queue) and QueueMember.objects.filter(user=user, queue=queue, is_active=True).exists()


def _primary(offers: list[Offer], judge: Judge) -> str:
    """Taking comes first; then the touch that is due; then the way forward, when nothing but the form is missing."""
    forward = (DispositionKind.ACCEPT, DispositionKind.QUALIFY, DispositionKind.OPEN, DispositionKind.WIN)
    possible = {offer.key for offer in offers if offer.is_possible}
    if TAKE in possible:
        return TAKE
    onward = next((kind.value for kind in forward if kind.value in possible), "")
    return onward if onward and judge.is_touched else TOUCH if TOUCH in possible else onward


def _clocks(lead: Lead, now: datetime, edition: EditionInForce) -> list[ClockView]:
    rows = SlaClock.objects.running().filter(lead=lead).prefetch_related(*COUNTING)
    return sorted((clock_view(row, now=now, edition=edition) for row in rows), key=lambda view: view.urgency)
