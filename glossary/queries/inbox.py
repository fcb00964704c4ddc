"""What waits for a person among the change requests, and who owes what: a few set queries, however many are open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from glossary.choices import BINDING, OPEN, UNDER_REVIEW, Duty, RequestState, Verdict
from glossary.engine.charter import CharterDocument
from glossary.models import ChangeRequest, Contributor, SignOff
from glossary.models.requests import TO_RATIFY
from glossary.queries.editions import edition_at
from glossary.queries.rights import emergency_roles, signing_roles
from glossary.queries.standing import people_of, role_name
from glossary.types import EditionInForce
from people.access import identities
from people.models import User

SOON = timedelta(days=5)
_TURNED = frozenset({Verdict.CHANGES, Verdict.REJECTED})
ASKED = {Duty.APPROVE: "Approve", Duty.VALIDATE: "Validate", Duty.CONSULT: "Advise", Duty.EMERGENCY: "Agree"}


@dataclass(frozen=True, slots=True)
class Task:
    """A slot that a person may fill now.

    Attributes:
        words: what to do, e.g. `Approve as CRO`.
        behalf: who delegated it; None = in the person's own right.
    """

    words: str
    duty: str
    behalf: User | None

    @property
    def is_binding(self) -> bool:
        """Whether the change waits for it; advice holds nothing up."""
        return self.duty != Duty.CONSULT


@dataclass(frozen=True, slots=True)
class Row:
    """A change request in a list.

    Attributes:
        tasks: of the reader.
        owed: roles that have not answered yet, by name; advice left out.
        turned: roles that asked for changes or refused in the running round, by name.
        live_number: of the version in force of its workstream.
        is_mine: the reader opened it.
    """

    request: ChangeRequest
    tasks: tuple[Task, ...]
    owed: tuple[str, ...]
    turned: tuple[str, ...]
    live_number: int
    is_mine: bool
    now: datetime

    @property
    def is_stale(self) -> bool:
        """Another version went in force since it was made."""
        return self.request.is_open and self.request.base_number != self.live_number

    @property
    def base_words(self) -> str:
        """Which version it was made on, and which one holds."""
        return f"made on v{self.request.base_number}, v{self.live_number} is in force"

    @property
    def expires_soon(self) -> bool:
        """Its time to be signed is nearly over."""
        at, state = self.request.expires_at, self.request.state
        waits = state in {RequestState.IN_REVIEW, RequestState.APPROVED}
        return waits and at is not None and at <= self.now + SOON

    @property
    def is_late(self) -> bool:
        """An emergency that was not ratified in time."""
        by = self.request.ratify_by
        return self.request.awaits_ratification and by is not None and by <= self.now


@dataclass(frozen=True, slots=True)
class Inbox:
    """All change requests that are open or to be ratified, newest first."""

    rows: tuple[Row, ...]

    @property
    def waiting(self) -> list[Row]:
        """Those that the reader may sign: emergencies, then what runs out first; advice last."""
        return sorted((row for row in self.rows if row.tasks), key=_urgency)

    @property
    def mine(self) -> list[Row]:
        """Those that the reader opened."""
        return [row for row in self.rows if row.is_mine]


def inbox_of(user: User, now: datetime) -> Inbox:
    """What is open, with what waits for `user`. Raises NoPolicyInForce or ForgedPolicy."""
    pending = unfinished()
    return Inbox(rows_of(list(pending), user, now))


def unfinished() -> QuerySet[ChangeRequest]:
    """Requests that are open, or in force as an emergency and not ratified."""
    wanted = Q(state__in=OPEN) | TO_RATIFY
    return ChangeRequest.objects.filter(wanted).defer("content")


def rows_of(requests: Iterable[ChangeRequest], user: User, now: datetime) -> tuple[Row, ...]:
    """Requests as rows for a reader. Three queries for any number of them, beside those on the reader."""
    edition, requests = edition_at(now), list(requests)
    slots = _slots(requests)
    tasks = _tasks(requests, slots, user, now)
    return tuple(
        Row(
            request=request,
            tasks=tuple(tasks[request.pk]),
            owed=_owed(slots[request.pk]),
            turned=tuple(role_name(s.role) for s in slots[request.pk] if s.verdict in _TURNED),
            live_number=edition.versions.get(request.workstream, 0),
            is_mine=request.author_id == user.pk,
            now=now,
        )
        for request in requests
    )


def something_waits(user: User, now: datetime) -> bool:
    """Whether a signature of `user` is wanted; advice does not count."""
    return any(task.is_binding for row in inbox_of(user, now).waiting for task in row.tasks)


def words_of(signoff: SignOff, request: ChangeRequest) -> str:
    """What a slot asks for, e.g. `Ratify as CRO`."""
    if signoff.duty == Duty.EMERGENCY:
        return "Agree to the emergency"
    verb = "Ratify" if request.awaits_ratification else ASKED[Duty(signoff.duty)]
    return f"{verb} as {role_name(signoff.role)}"


def is_asked(signoff: SignOff, request: ChangeRequest, now: datetime) -> bool:
    """Whether a slot of the running round calls for an answer now."""
    if signoff.verdict or signoff.voided_at is not None:
        return False
    if signoff.duty == Duty.CONSULT:
        in_time = signoff.due_at is None or signoff.due_at > now
        return request.state == RequestState.IN_REVIEW and in_time
    if signoff.duty == Duty.EMERGENCY:
        return request.state in UNDER_REVIEW
    return request.state in UNDER_REVIEW or request.awaits_ratification


def _slots(requests: list[ChangeRequest]) -> dict[int, list[SignOff]]:
    found: dict[int, list[SignOff]] = defaultdict(list)
    rows = SignOff.objects.standing().filter(request__in=requests, cycle=F("request__cycle"))
    for signoff in rows.select_related("signer", "on_behalf_of").order_by("pk") if requests else ():
        found[signoff.request_id].append(signoff)
    return found


def _tasks(
    requests: list[ChangeRequest], slots: Mapping[int, list[SignOff]], user: User, now: datetime
) -> dict[int, list[Task]]:
    """By request, the slots that `user` may fill: as services.eligibility says, for many at once."""
    roles, edition = signing_roles(user, now), edition_at(now)
    asked = [
        (request, signoff, holds)
        for request in requests
        for signoff in slots[request.pk]
        if is_asked(signoff, request, now) and (holds := _held(signoff, request, roles, edition))
    ]
    wrote = _writers({request.pk for request, _, _ in asked})
    found: dict[int, list[Task]] = defaultdict(list)
    for request, signoff, (behalf,) in asked:
        people = {*identities(user), *(identities(behalf) if behalf else ())}
        if not people & wrote[request.pk] and not _counts(signoff, slots[request.pk], people):
            found[request.pk].append(Task(words_of(signoff, request), signoff.duty, behalf))
    return found


def _held(
    signoff: SignOff, request: ChangeRequest, roles: Mapping[str, User | None], edition: EditionInForce
) -> tuple[User | None] | None:
    """On whose behalf the slot would be filled, in a tuple; None = the reader holds no such role."""
    wanted = [signoff.role]
    if signoff.duty == Duty.EMERGENCY:
        wanted = emergency_roles(edition.document(CharterDocument), request.workstream)
    mine = [role for role in wanted if role in roles]
    if not mine:
        return None
    return (roles[next((role for role in mine if roles[role] is None), mine[0])],)


def _writers(requests: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Contributor.objects.filter(request__in=requests).select_related("user") if requests else ()
    for row in rows:
        found[row.request_id] |= {*row.identities, *(identities(row.user) if row.user else ())}
    return found


def _counts(signoff: SignOff, others: Iterable[SignOff], people: set[str]) -> bool:
    """Whether one of `people` has signed already where one person counts once."""
    if signoff.duty == Duty.CONSULT:
        return False
    alike = {Duty.EMERGENCY} if signoff.duty == Duty.EMERGENCY else BINDING
    return any(
        other.pk != signoff.pk
        and other.duty in alike
        and other.verdict == Verdict.GIVEN
        and bool(people_of(other) & people)
        for other in others
    )


def _owed(slots: Iterable[SignOff]) -> tuple[str, ...]:
    open_ones = [signoff for signoff in slots if not signoff.verdict]
    seats = sum(signoff.duty == Duty.EMERGENCY for signoff in open_ones)
    roles = [role_name(signoff.role) for signoff in open_ones if signoff.duty in BINDING]
    return (*roles, *([f"{seats} for the emergency"] if seats else []))


def _urgency(row: Row) -> tuple[bool, bool, datetime]:
    request = row.request
    emergency = any(task.duty == Duty.EMERGENCY for task in row.tasks) or request.awaits_ratification
    until = request.ratify_by or request.expires_at or request.opened_at
    return (not emergency, not any(task.is_binding for task in row.tasks), until)
