"""The RACI board: who proposes, approves, validates, is asked and told, with the people who hold the roles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glossary.choices import Workstream
from glossary.engine.charter import CharterDocument, RaciLine
from glossary.engine.raci_gaps import Gap, Staff, find_gaps
from glossary.types import EditionInForce
from people.access import REVOPS, identities
from people.choices import Role
from people.models import User

PARTS = (
    ("R", "responsible", "Proposes"),
    ("A", "accountable", "Must approve"),
    ("V", "validates", "Validates"),
    ("C", "consulted", "Is asked"),
    ("I", "informed", "Is told"),
)


@dataclass(frozen=True, slots=True)
class RoleHolders:
    """A role and the active people who hold it, by name."""

    key: str
    name: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a line: its letter, what it means, the roles that have it."""

    letter: str
    words: str
    roles: tuple[RoleHolders, ...]


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One workstream of the board; `is_blocked` = none of its changes can be published for now."""

    workstream: str
    name: str
    parts: tuple[Part, ...]
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap in words, with the workstreams (key, name) that have it; `blocks` = it stops their changes."""

    words: str
    blocks: bool
    workstreams: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One role across the workstreams; a cell lists (letter, what it means)."""

    role: RoleHolders
    cells: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board."""

    lines: tuple[BoardLine, ...]
    matrix: tuple[MatrixRow, ...]
    gaps: tuple[GapLine, ...]


@dataclass(frozen=True, slots=True)
class WhoMayChange:
    """Who proposes, approves and validates changes of one workstream, as role names."""

    proposes: tuple[str, ...]
    approves: tuple[str, ...]
    validates: tuple[str, ...]


def who_may_change(charter: CharterDocument, workstream: str) -> WhoMayChange:
    """Who may change a workstream, by the charter; empty parts where it has no line."""
    roles = {
        letter: tuple(role_name(r) for r in keys) for letter, keys in _roles(charter, workstream).items()
    }
    return WhoMayChange(roles["R"], roles["A"], roles["V"])


def board(edition: EditionInForce) -> Board:
    """The RACI in force with the people there are. Two queries."""
    charter = edition.document(CharterDocument)
    lines = {key: _roles(charter, key) for key in Workstream.values}
    named = {role for line in lines.values() for keys in line.values() for role in keys}
    people = _people(named | REVOPS)
    holders = {role: RoleHolders(role, role_name(role), names_of(people.get(role, []))) for role in named}
    persons = _persons(people)
    anywhere = frozenset[int]().union(*(persons.get(role, frozenset()) for role in REVOPS))
    gaps = find_gaps(charter, Workstream.values, Staff(persons, anywhere))
    blocked = {gap.workstream for gap in gaps if gap.blocks}
    return Board(
        lines=tuple(_line(key, lines[key], holders, is_blocked=key in blocked) for key in Workstream.values),
        matrix=tuple(_matrix_row(holders[role], lines) for role in _in_order(named)),
        gaps=_told(gaps),
    )


def role_name(role: str) -> str:
    """A role as people call it."""
    return str(dict(Role.choices).get(role, role))


def names_of(people: Iterable[User]) -> tuple[str, ...]:
    """Names, sorted."""
    return tuple(sorted(map(str, people), key=str.casefold))


def _line(
    key: str, roles: Mapping[str, tuple[str, ...]], holders: Mapping[str, RoleHolders], *, is_blocked: bool
) -> BoardLine:
    parts = tuple(Part(letter, words, tuple(holders[r] for r in roles[letter])) for letter, _, words in PARTS)
    return BoardLine(key, Workstream(key).label, parts, is_blocked)


def _told(gaps: Iterable[Gap]) -> tuple[GapLine, ...]:
    """Gaps in words, the same words only once; those that stop changes first."""
    found: dict[tuple[str, bool], list[tuple[str, str]]] = defaultdict(list)
    for gap in gaps:
        found[_gap_words(gap), gap.blocks].append((gap.workstream, Workstream(gap.workstream).label))
    told = [GapLine(words, blocks, tuple(where)) for (words, blocks), where in found.items()]
    return tuple(sorted(told, key=lambda gap: not gap.blocks))


def _matrix_row(role: RoleHolders, lines: Mapping[str, Mapping[str, tuple[str, ...]]]) -> MatrixRow:
    return MatrixRow(
        role,
        tuple(
            tuple((letter, words) for letter, _, words in PARTS if role.key in lines[key][letter])
            for key in Workstream.values
        ),
    )


def _roles(charter: CharterDocument, workstream: str) -> dict[str, tuple[str, ...]]:
    line = charter.line_by_workstream.get(workstream)
    validates = (charter.validate_.role,) if workstream in charter.validate_.workstreams else ()
    found = {letter: _of(line, name) for letter, name, _ in PARTS}
    return found | {"V": validates}


def _of(line: RaciLine | None, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(getattr(line, name, ()))) if line else ()


def _in_order(roles: Iterable[str]) -> list[str]:
    order = {role: place for place, role in enumerate(Role.values)}
    return sorted(roles, key=lambda role: (order.get(role, len(order)), role))


def _people(roles: Iterable[str]) -> dict[str, list[User]]:
    """Active people by role key."""
    found: dict[str, list[User]] = defaultdict(list)
    wanted = set(roles)
    for user in (
        User.objects.filter(is_active=True, groups__name__in=wanted).distinct().prefetch_related("groups")
    ):
        for group in user.groups.all():
            if group.name in wanted:
                found[group.name].append(user)
    return found


def _persons(people: Mapping[str, list[User]]) -> dict[str, frozenset[int]]:
    """Role key → persons: accounts of one person (same mailbox, same sign-on subject) count as one."""
    first: dict[str, int] = {}
    found = {}
    for role, users in people.items():
        found[role] = frozenset(_person(user, first) for user in users)
    return found


def _person(user: User, first: dict[str, int]) -> int:
    known = identities(user)
    number = next((first[name] for name in known if name in first), user.pk)
    for name in known:
        first.setdefault(name, number)
    return number


def _gap_words(gap: Gap) -> str:
    role = role_name(gap.role)
    if gap.what == "nobody_accountable":
        return "Nobody is Accountable, so no change can be approved. Name a role in the charter."
    if gap.what == "role_empty":
        stops = ", so no change can be published" if gap.blocks else ""
        return (
            f"Nobody active holds the role {role}{stops}. Give the role to somebody, or change the charter."
        )
    if gap.what == "same_role":
        return (
            f"{role} is Accountable and also the only Responsible: whoever writes a change cannot sign it. "
            "Name another role as Responsible."
        )
    if gap.what == "same_person":
        return (
            f"The only person who may propose is also the only one who is Accountable as {role}: whoever writes a "
            "change cannot sign it. Give one of the two roles to somebody else."
        )
    return (
        f"A change needs {gap.needed} signatures of different people, none of whom wrote it; at best {gap.there} "
        "could sign. Give the roles to more people."
    )
