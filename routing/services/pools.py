"""The pool of a queue under its lock: its members as candidates, and their counters written back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from routing.engine.choose_owner import Candidate, settled
from routing.models import Lead, Pool, QueueMember


def lock_pool(queue: str) -> None:
    """Hold the pool of `queue` until the transaction ends: nobody else chooses from it meanwhile."""
    pool = Pool.objects.select_for_update().filter(queue=queue)
    if pool.first() is None:
        Pool.objects.get_or_create(queue=queue)
        pool.get()


def has_members(queue: str) -> bool:
    """Whether anybody belongs to the queue, away or full or not."""
    return QueueMember.objects.filter(queue=queue, is_active=True, user__is_active=True).exists()


def open_stages(edition: EditionInForce) -> list[str]:
    """Keys of the stages in which a lead is open work."""
    return [stage.key for stage in edition.document(GlossaryDocument).funnel()]


def members_of(queue: str) -> list[QueueMember]:
    """Everyone who is or was in the queue, with their accounts."""
    return list(QueueMember.objects.filter(queue=queue).select_related("user").order_by("id"))


def candidates(members: Sequence[QueueMember], edition: EditionInForce) -> list[Candidate]:
    """The members of a queue. Who left or is deactivated stays listed, inactive, for the trace."""
    capped = [member.user_id for member in members if member.cap is not None]
    work = _open_work(capped, edition) if capped else Counter[int]()
    return [_candidate(member, work[member.user_id]) for member in members]


def _open_work(users: Iterable[int], edition: EditionInForce) -> Counter[int]:
    rows = (
        Lead.objects.standing()
        .filter(owner__in=list(users), stage__in=open_stages(edition))
        .order_by()
        .values_list("owner")
        .annotate(open=Count("id"))
    )
    return Counter(dict(rows))


def _candidate(member: QueueMember, open_work: int) -> Candidate:
    return Candidate(
        member_id=member.pk,
        user_id=member.user_id,
        name=str(member.user),
        weight=member.weight,
        cap=member.cap,
        open_work=open_work,
        assigned=member.assigned_count,
        last_assigned_at=member.last_assigned_at,
        is_active=member.is_active and member.user.is_active,
        away_from=member.away_from,
        away_until=member.away_until,
        was_away=member.was_away,
    )


def write_back(before: Sequence[Candidate], after: Sequence[Candidate]) -> None:
    """Store the counters of the members that changed."""
    known = {member.member_id: member for member in before}
    for member in after:
        if member != known[member.member_id]:
            QueueMember.objects.filter(pk=member.member_id).update(
                assigned_count=member.assigned,
                was_away=member.was_away,
                last_assigned_at=member.last_assigned_at,
            )


def replaced(members: Sequence[Candidate], chosen: Candidate) -> list[Candidate]:
    """The members with `chosen` in the place of its earlier self."""
    return [chosen if member.member_id == chosen.member_id else member for member in members]


def count_for(user_id: int, queue: str, edition: EditionInForce, *, now: datetime) -> None:
    """Count a lead that `user_id` got in `queue` by another way than the round robin, if they are in it."""
    lock_pool(queue)
    before = candidates(members_of(queue), edition)
    after = settled(before, now=now)
    taker = next((member for member in after if member.user_id == user_id), None)
    if taker is not None:
        write_back(before, replaced(after, taker.took(now)))
