"""Where a lead belongs: the rules in their order, each noted in the decision trace with why it did or didn't match.

Reads only, except for the counters of the pool it chooses from; `services.assign` writes the assignment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from people.models import User
from routing.engine.choose_owner import Candidate, choose, settled
from routing.engine.documents import RoutingDocument, ScoringDocument
from routing.engine.documents.routing import Strategy, Territory
from routing.engine.evaluate import Answer, Verdict, evaluate
from routing.engine.free_mail import is_free_mail
from routing.models import Lead, NamedAccount, QueueMember
from routing.services.case import Case
from routing.services.pools import candidates, has_members, lock_pool, members_of, replaced, write_back


@dataclass(slots=True)
class Trace:
    """The rules tried, in order, as they are stored with the assignment."""

    steps: list[dict[str, object]] = field(default_factory=list)

    def note(self, rule: str, matched: bool, why: str, *, key: str = "") -> None:
        """Add one rule: its name, the key of what was tried, whether it matched, and why."""
        self.steps.append({"rule": rule, "key": key, "matched": matched, "why": why})


@dataclass(frozen=True, slots=True)
class Quest:
    """One lead looking for its place. `excluded` are users who must not get it (the former owner)."""

    case: Case
    excluded: frozenset[int] = frozenset()
    trace: Trace = field(default_factory=Trace)

    @property
    def lead(self) -> Lead:
        """The lead of the case."""
        return self.case.lead

    @property
    def now(self) -> datetime:
        """The moment of the case."""
        return self.case.now

    @property
    def edition(self) -> EditionInForce:
        """The policies of the case."""
        return self.case.edition

    @property
    def policy(self) -> RoutingDocument:
        """The routing document in force."""
        return self.edition.document(RoutingDocument)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lead goes. `error` says why no rule could place it; empty when one could."""

    queue: str
    owner: User | None = None
    territory: str = ""
    error: str = ""
    error_key: str = ""


def place(quest: Quest) -> Place:
    """Try the rules: owner of the matched account, named account, territory, pool, fallback queue."""
    tried = Trace()
    territory = _territory(quest, tried)
    owner = _account_owner(quest) or _named_owner(quest)
    if owner is not None:
        wanted = territory.queue if territory else quest.policy.fallback
        return Place(queue_of(owner, wanted), owner, territory.key if territory else "")
    quest.trace.steps.extend(tried.steps)
    if territory is None:
        return _fallback(quest, "No territory matches the lead.", "no_territory")
    return _from_queue(quest, territory)


def queue_of(owner: User, wanted: str) -> str:
    """The queue that an owner gets a lead from: the wanted one if they are in it or in none, else their first."""
    own = sorted(owner.queue_memberships.filter(is_active=True).values_list("queue", flat=True))
    return wanted if wanted in own or not own else own[0]


def _account_owner(quest: Quest) -> User | None:
    """Whoever works the same company already; the lead furthest down the funnel decides, then the latest."""
    lead, note = quest.lead, quest.trace.note
    rule = "owner of the account"
    if not lead.email_domain:
        note(rule, False, "no e-mail domain is known")
        return None
    if is_free_mail(lead.email_domain):
        note(rule, False, f"{lead.email_domain} is a free-mail domain", key=lead.email_domain)
        return None
    stages = quest.edition.document(GlossaryDocument).funnel()
    progress = models.Case(
        *(models.When(stage=stage.key, then=models.Value(stage.position)) for stage in stages),
        default=models.Value(0),
        output_field=models.IntegerField(),
    )
    neighbours = (
        Lead.objects.standing()
        .filter(email_domain=lead.email_domain, owner__isnull=False, suppressed=False)
        .exclude(pk=lead.pk)
        .exclude(owner__in=quest.excluded)
        .select_related("owner")
        .only("owner")
        .order_by(progress.desc(), "-stage_entered_at", "id")
    )
    neighbour = neighbours.first()
    if neighbour is None or neighbour.owner is None:
        note(rule, False, f"nobody else owns a lead of {lead.email_domain}", key=lead.email_domain)
        return None
    return _if_there(quest, neighbour.owner, rule, f"owns lead {neighbour.pk} of {lead.email_domain}")


def _named_owner(quest: Quest) -> User | None:
    domain, note = quest.lead.email_domain, quest.trace.note
    account = NamedAccount.objects.filter(domain=domain).select_related("owner").first() if domain else None
    if account is None:
        note("named account", False, f"{domain or 'the lead'} is no named account", key=domain)
        return None
    if account.owner_id in quest.excluded:
        note("named account", False, f"{account.owner} had the lead already", key=domain)
        return None
    return _if_there(quest, account.owner, "named account", f"has the named account {account.name}")


def _if_there(quest: Quest, owner: User, rule: str, why: str) -> User | None:
    """The owner, if their account is active and they are not away from every queue they serve."""
    problem = "is deactivated" if not owner.is_active else "is away" if is_away(owner, quest.now) else ""
    if problem:
        quest.trace.note(rule, False, f"{owner} {why}, but {problem}", key=quest.lead.email_domain)
        return None
    quest.trace.note(rule, True, f"{owner} {why}", key=quest.lead.email_domain)
    return owner


def is_away(user: User, now: datetime) -> bool:
    """Whether a person who serves queues is away from all of them."""
    absences = [member.is_away_at(now) for member in QueueMember.objects.filter(user=user, is_active=True)]
    return bool(absences) and all(absences)


def _territory(quest: Quest, trace: Trace) -> Territory | None:
    """The most specific matching territory, then the lowest priority number, then the key."""
    facts = quest.case.facts()
    fields = quest.edition.document(GlossaryDocument).field_by_key
    thresholds = quest.edition.document(ScoringDocument).thresholds
    for territory in sorted(quest.policy.territories, key=_precedence):
        verdict = evaluate(territory.when, facts, now=quest.now, fields=fields, thresholds=thresholds)
        trace.note("territory", verdict.holds, _reasons(territory, verdict), key=territory.key)
        if verdict.holds:
            return territory
    return None


def _precedence(territory: Territory) -> tuple[int, int, str]:
    specific = len(territory.when.all) + len(territory.when.none)
    return -specific, territory.priority, territory.key


def _reasons(territory: Territory, verdict: Verdict) -> str:
    if not verdict.holds:
        return f"{territory.name}: {'; '.join(verdict.lacking())}"
    results = [result for group in verdict.groups for result in group.results]
    met = [result.words for result in results if result.answer is Answer.MET]
    return f"{territory.name}: {'; '.join(met) or 'takes every lead'}"


def _from_queue(quest: Quest, territory: Territory) -> Place:
    """The territory's queue, or the first along its fallbacks that has members."""
    tried: list[str] = []
    key: str | None = territory.queue
    while key is not None and key not in tried:
        if has_members(key):
            break
        quest.trace.note("queue", False, "nobody is a member of the queue", key=key)
        tried.append(key)
        key = quest.policy.queue_by_key[key].fallback
    if tried:
        first = quest.policy.queue_by_key[tried[0]].name
        alert = f"Nobody is a member of the queue {first}."
        return _fallback(quest, alert, f"empty:{tried[0]}", territory, key if key not in tried else None)
    return Place(territory.queue, from_pool(quest, territory.queue), territory.key)


def _fallback(
    quest: Quest, error: str, error_key: str, territory: Territory | None = None, queue: str | None = None
) -> Place:
    key = queue or quest.policy.fallback
    quest.trace.note("fallback queue", True, error, key=key)
    owner = from_pool(quest, key)
    return Place(key, owner, territory.key if territory else "", error, error_key)


def from_pool(quest: Quest, queue: str) -> User | None:
    """Choose an owner under the pool's lock and count the lead for them; None = the lead waits in the queue."""
    if quest.policy.queue_by_key[queue].strategy is Strategy.PULL:
        quest.trace.note("pool", False, "people take leads from this queue themselves", key=queue)
        return None
    lock_pool(queue)
    members = members_of(queue)
    before = candidates(members, quest.edition)
    after = settled(before, now=quest.now)
    chosen = choose([member for member in after if member.user_id not in quest.excluded], now=quest.now)
    if chosen is None:
        write_back(before, after)
        quest.trace.note("pool", False, f"nobody is free: {_why_nobody(quest, after)}", key=queue)
        return None
    write_back(before, replaced(after, chosen.took(quest.now)))
    quest.trace.note("pool", True, f"{chosen.name} is next: {_turn_words(chosen)}", key=queue)
    return next(member.user for member in members if member.user_id == chosen.user_id)


def _turn_words(chosen: Candidate) -> str:
    last = (
        "never had one"
        if chosen.last_assigned_at is None
        else f"last at {chosen.last_assigned_at:%Y-%m-%d %H:%M} UTC"
    )
    return f"{chosen.assigned:g} leads at weight {chosen.weight}, {last}"


def _why_nobody(quest: Quest, members: Sequence[Candidate]) -> str:
    reasons = [
        f"{member.name}: {'had the lead already' if member.user_id in quest.excluded else member.why_not(quest.now)}"
        for member in members
    ]
    return "; ".join(reasons) or "it has no members"
