"""Gaps of the RACI: where a change could not be proposed, approved or validated by the people there are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from glossary.engine.charter import CharterDocument, RaciLine
from glossary.engine.duties import binding_slots

Holders = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of one workstream.

    Attributes:
        blocks: a change of the workstream cannot be published while it lasts.
        role: key of the role it is about; empty = of the whole line.
        what: nobody_accountable, role_empty, same_role, same_person or too_few.
        needed, there: for too_few: signatures asked for, and different people who could give them.
    """

    workstream: str
    what: str
    blocks: bool
    role: str = ""
    needed: int = 0
    there: int = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """Who there is.

    Attributes:
        holders: role key → active people (ids; one id per person, however many accounts).
        anywhere: people who may propose changes of every workstream, whatever its line says.
    """

    holders: Holders
    anywhere: frozenset[int] = frozenset()

    def responsible(self, line: RaciLine) -> frozenset[int]:
        """People who hold a Responsible role."""
        return frozenset[int]().union(*(self.holders.get(role, frozenset()) for role in line.responsible))

    def authors(self, line: RaciLine) -> frozenset[int]:
        """People who may propose."""
        return self.responsible(line) | self.anywhere


def find_gaps(charter: CharterDocument, workstreams: Iterable[str], staff: Staff) -> list[Gap]:
    """Every gap, workstream by workstream.

    Args:
        workstreams: keys that need a line.
    """
    return [gap for key in workstreams for gap in _of(charter, key, staff)]


def _of(charter: CharterDocument, workstream: str, staff: Staff) -> Iterator[Gap]:
    line = charter.line_by_workstream.get(workstream)
    if line is None or not line.accountable:
        yield Gap(workstream, "nobody_accountable", blocks=True)
        return
    needed = [slot.role for slot in binding_slots(charter, workstream)]
    yield from _empty_roles(line, needed, staff)
    yield from _one_hand(line, staff)
    if all(staff.holders.get(role) for role in needed):
        there = _most(needed, line, staff)
        if there < len(needed):
            yield Gap(workstream, "too_few", blocks=True, needed=len(needed), there=there)


def _most(needed: Sequence[str], line: RaciLine, staff: Staff) -> int:
    """How many signatures there could be at best, whoever proposes."""
    authors: frozenset[int | None] = frozenset(staff.authors(line)) or frozenset([None])
    return max(matched(needed, staff.holders, without=author) for author in authors)


def _empty_roles(line: RaciLine, needed: Sequence[str], staff: Staff) -> Iterator[Gap]:
    for role in dict.fromkeys([*needed, *line.responsible, *line.consulted, *line.informed]):
        if not staff.holders.get(role):
            nobody_proposes = role in line.responsible and not staff.authors(line)
            yield Gap(line.workstream, "role_empty", blocks=role in needed or nobody_proposes, role=role)


def _one_hand(line: RaciLine, staff: Staff) -> Iterator[Gap]:
    """Somebody Accountable who is also the only Responsible: who writes a change cannot sign it."""
    people = staff.responsible(line)
    for role in dict.fromkeys(line.accountable):
        if set(line.responsible) == {role}:
            yield Gap(line.workstream, "same_role", blocks=False, role=role)
        elif len(people) == 1 and staff.holders.get(role) == people:
            yield Gap(line.workstream, "same_person", blocks=not staff.anywhere - people, role=role)


def matched(roles: Sequence[str], holders: Holders, *, without: int | None = None) -> int:
    """How many of `roles` can be signed at once when each person signs for one role only.

    Augmenting paths for bipartite matching (Kuhn 1955): a role takes a free person, or one whose role can be
    given to somebody else.

    Args:
        without: a person who may sign nothing, having written the change.
    """
    given: dict[int, str] = {}

    def place(role: str, tried: set[int]) -> bool:
        for person in holders.get(role, frozenset()) - {without} - tried:
            tried.add(person)
            if person not in given or place(given[person], tried):
                given[person] = role
                return True
        return False

    return sum(place(role, set()) for role in roles)
