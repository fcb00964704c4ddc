"""What the page of a change request shows beside its differences: sign-offs by round, definitions, conflicts, reach."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.db.models import F

from glossary import registry
from glossary.choices import BINDING, Duty
from glossary.engine.base import PolicyDocument
from glossary.engine.both_sides import BothSides, Items, both_sides
from glossary.engine.charter import CharterDocument
from glossary.engine.diff import Grade
from glossary.engine.documents import GlossaryDocument
from glossary.engine.readable import Entry, Reader
from glossary.models import ChangeRequest, SignOff
from glossary.queries.proposals import ProposalView, base_document, own_data
from glossary.queries.standing import role_name
from glossary.queries.terms import thresholds
from glossary.types import Documents, EditionInForce
from people.models import User


@dataclass(frozen=True, slots=True)
class Slot:
    """A sign-off as the page tells it.

    Attributes:
        role: by name.
        people: active holders of the role, while the slot is open.
    """

    signoff: SignOff
    role: str
    people: tuple[User, ...] = ()

    @property
    def is_binding(self) -> bool:
        """Whether the charter lets nothing ship without it."""
        return self.signoff.duty in BINDING


@dataclass(frozen=True, slots=True)
class Round:
    """Sign-offs that do not count any more, of one review round."""

    number: int
    reason: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """A stage that a change reaches; `has_page` = it stands in the glossary in force."""

    key: str
    name: str
    has_page: bool


@dataclass(frozen=True, slots=True)
class ConflictSides:
    """An item that both the draft and the version in force changed: what is not alike on all three sides."""

    item: str
    label: str
    base: Entry | None
    live: Entry | None
    mine: Entry | None


def rounds(request: ChangeRequest) -> tuple[list[Slot], list[Round]]:
    """Standing sign-offs of the running round, and what earlier answers there were. Two queries."""
    found = list(request.signoffs.select_related("signer", "on_behalf_of").order_by("cycle", "pk"))
    running = [s for s in found if s.voided_at is None and s.cycle == request.cycle]
    by_role = _people({s.role for s in running if not s.verdict and s.duty in BINDING})
    slots = [Slot(s, _asked_of(s), () if s.verdict else tuple(by_role.get(s.role, ()))) for s in running]
    stale: dict[tuple[int, str], list[Slot]] = defaultdict(list)
    for signoff in found:
        if signoff not in running:
            stale[signoff.cycle, signoff.void_reason].append(Slot(signoff, _asked_of(signoff)))
    return slots, [Round(number, reason, tuple(old)) for (number, reason), old in reversed(stale.items())]


def _asked_of(signoff: SignOff) -> str:
    if signoff.duty == Duty.EMERGENCY:
        return f"Person {signoff.role.removeprefix('seat_')} of the emergency"
    return role_name(signoff.role)


def _people(roles: set[str]) -> Mapping[str, list[User]]:
    """Active holders by role. One query."""
    found: dict[str, list[User]] = defaultdict(list)
    held = User.objects.filter(groups__name__in=roles, is_active=True).annotate(held=F("groups__name"))
    for user in held.order_by("first_name", "last_name", "username") if roles else ():
        found[user.held].append(user)
    return found


def grades(view: ProposalView) -> list[tuple[int, str]]:
    """How many differences there are of each grade, in the order of the grades."""
    counts = Counter(difference.grade for difference in view.differences)
    return [(counts[grade], grade.value) for grade in Grade if counts[grade]]


def definitions(view: ProposalView, edition: EditionInForce) -> tuple[BothSides, ...]:
    """What changes, in full on both sides."""
    if view.proposed.document is None:
        return ()
    sides = (_items(view.proposed.live, edition), _items(view.proposed.document, edition))
    return both_sides(view.differences, *sides)


def validator(request: ChangeRequest, edition: EditionInForce) -> str:
    """The role that validates changes of this workstream by the charter in force, by name; empty = none."""
    rule = edition.document(CharterDocument).validate_
    return role_name(rule.role) if request.workstream in rule.workstreams else ""


def conflict_sides(
    request: ChangeRequest, view: ProposalView, edition: EditionInForce
) -> list[ConflictSides]:
    """Open conflicts in words. Raises ForgedPolicy."""
    if not view.proposed.conflicts:
        return []
    mine = registry.parse(request.workstream, own_data(request))
    base, live, own = (_items(d, edition) for d in (base_document(request), view.proposed.live, mine))
    return [
        ConflictSides(c.item, c.label, *_unlike(base.of(c.item), live.of(c.item), own.of(c.item)))
        for c in view.proposed.conflicts
    ]


def _unlike(*sides: Entry | None) -> Iterator[Entry | None]:
    """Entries without the lines that all of them have."""
    there = [set(side.below) for side in sides if side is not None]
    alike = set.intersection(*there) if len(there) == len(sides) else set[Entry]()
    for side in sides:
        below = () if side is None else tuple(line for line in side.below if line not in alike)
        yield None if side is None else replace(side, below=below)


def reach(view: ProposalView, edition: EditionInForce) -> list[Reach]:
    """The stages that a change reaches, by name."""
    current = edition.document(GlossaryDocument).stage_by_key
    document = view.proposed.document
    after = document.stage_by_key if isinstance(document, GlossaryDocument) else current
    known = {**current, **after}
    return [Reach(key, known[key].name, key in current) for key in view.affected.stages if key in known]


def _items(document: PolicyDocument, edition: EditionInForce) -> Items:
    """A document beside the others of an edition, to read."""
    beside = Documents([*edition.documents, document])
    return Items(document, Reader(beside.get(GlossaryDocument).field_by_key, thresholds(beside)))
