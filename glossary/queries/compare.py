"""Two versions of a workstream compared: what differs, in words, with the words that changed marked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import groupby
from operator import attrgetter

from django.db.models import Q

from glossary import registry
from glossary.engine.diff import Difference, Grade, diff
from glossary.engine.segments import Segment, segments
from glossary.exceptions import ForgedPolicy, NoPolicyInForce
from glossary.models import PolicyVersion
from glossary.queries.chain import check_version
from glossary.queries.editions import edition_with

# Above this a text is shown as a whole on both sides: word by word would take long and help nobody.
LONGEST = 4000
ALIKE = 0.35
TONES = {
    Grade.TIGHTENED: "warn",
    Grade.LOOSENED: "info",
    Grade.CHANGED: "warn",
    Grade.WORDING: "plain",
    Grade.STRUCTURE: "info",
}
ICONS = {
    Grade.TIGHTENED: "compress",
    Grade.LOOSENED: "expand",
    Grade.CHANGED: "swap_horiz",
    Grade.WORDING: "edit_note",
    Grade.STRUCTURE: "account_tree",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One aspect of an item: lines before and after, each in segments.

    Attributes:
        tone, icon: of the badge of its grade.
    """

    aspect: str
    kind: str
    grade: str
    tone: str
    icon: str
    old: tuple[tuple[Segment, ...], ...]
    new: tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """An item with everything that differs of it."""

    item: str
    label: str
    rows: tuple[Row, ...]


def changes_since(older: PolicyVersion, newer: PolicyVersion) -> tuple[Difference, ...]:
    """What differs between two versions of one workstream, read beside the editions they were in force with.

    Raises ForgedPolicy when a row is not what was published; checked on every call.
    """
    check_version(older)
    check_version(newer)
    return _differences(
        (older.workstream, older.number, older.seal), (newer.workstream, newer.number, newer.seal)
    )


@lru_cache(maxsize=64)
def _differences(older: tuple[str, int, str], newer: tuple[str, int, str]) -> tuple[Difference, ...]:
    """Kept per process: a seal covers what it names, so what it gives never changes."""
    workstream = older[0]
    before, after = edition_with(*older[:2], last=True), edition_with(*newer[:2])
    kind = registry.document_type(workstream)
    return diff(
        before.document(kind.document_class),
        after.document(kind.document_class),
        before=before.documents,
        after=after.documents,
        grader=kind.grader,
    )


def version_before(version: PolicyVersion) -> PolicyVersion | None:
    """The version that `version` superseded; None = it is the first of its line."""
    return PolicyVersion.objects.filter(workstream=version.workstream, number=version.number - 1).first()


def words_of_each(versions: Iterable[PolicyVersion]) -> dict[int, tuple[str, ...] | None]:
    """What each version changed, in words, by primary key; None for one that is not what was published.

    Reads the contents of these versions and of those before them in one query.
    """
    rows = list(versions)
    wanted = [Q(workstream=row.workstream, number__in=[row.number - 1, row.number]) for row in rows]
    read = PolicyVersion.objects.filter(reduce(Q.__or__, wanted)) if wanted else ()
    known = {(row.workstream, row.number): row for row in read}
    return {row.pk: _words_of(known, row) for row in rows}


def _words_of(
    known: Mapping[tuple[str, int], PolicyVersion], version: PolicyVersion
) -> tuple[str, ...] | None:
    key = (version.workstream, version.number)
    older, newer = known.get((version.workstream, version.number - 1)), known[key]
    try:
        check_version(newer)
        return tuple(in_words(changes_since(older, newer))) if older else ()
    except (ForgedPolicy, NoPolicyInForce):
        return None


def by_item(differences: Iterable[Difference]) -> tuple[Changed, ...]:
    """Differences for a page: item by item, lines side by side with the changed words marked."""
    return tuple(
        Changed(item, label, tuple(_row(one) for one in below))
        for (item, label), below in groupby(differences, key=attrgetter("item", "label"))
    )


def in_words(differences: Iterable[Difference]) -> list[str]:
    """One line per difference, for places without two columns (feeds, messages)."""
    return [_line(one) for one in differences]


def _line(one: Difference) -> str:
    what = f"{one.label}, {one.aspect}" if one.aspect else one.label
    sides = [("; ".join(lines), word) for lines, word in ((one.old, "was"), (one.new, "is"))]
    told = " – ".join(f"{word}: {text}" for text, word in sides if text)
    verb = {"added": "new", "removed": "removed", "moved": "moved"}.get(one.kind, one.grade.value)
    return f"{what} ({verb}). {told}" if told else f"{what} ({verb})."


def _row(one: Difference) -> Row:
    pairs = list(_pairs(one.old, one.new))
    return Row(
        aspect=one.aspect,
        kind=one.kind,
        grade=one.grade.value,
        tone=TONES[one.grade],
        icon=ICONS[one.grade],
        old=tuple(old for old, _ in pairs if old),
        new=tuple(new for _, new in pairs if new),
    )


def _pairs(
    old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[tuple[tuple[Segment, ...], tuple[Segment, ...]]]:
    """Lines of both sides, those that changed against each other in segments.

    Lines that stand on both sides are the same; of the others the first is held against the first, and so on.
    """
    kept = set(old) & set(new)
    fresh = iter([line for line in new if line not in kept])
    partner = dict(zip([line for line in old if line not in kept], fresh, strict=False))
    for line in old:
        yield _against(line, partner.get(line, "" if line not in kept else line))[0], ()
    back = {now: was for was, now in partner.items()}
    for line in new:
        yield (), _against(back.get(line, "" if line not in kept else line), line)[1]


def _against(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both sides of a pair of lines; wholly marked where they have next to nothing in common."""
    if old == new:
        return (Segment("same", old),), (Segment("same", new),)
    found = segments(old, new) if len(old) + len(new) <= LONGEST else ()
    same = sum(len(part.text.strip()) for part in found if part.op == "same")
    if same < ALIKE * max(len(old), len(new)):
        return (Segment("removed", old),), (Segment("added", new),)
    return _side(found, "removed"), _side(found, "added")


def _side(parts: Iterable[Segment], marked: str) -> tuple[Segment, ...]:
    """One side of a comparison; the space before a marked word is not marked with it."""
    found: list[Segment] = []
    for part in parts:
        words = part.text.lstrip()
        if part.op == marked and words and words != part.text:
            found.append(Segment("same", part.text[: -len(words)]))
            found.append(replace(part, text=words))
        elif part.op in {marked, "same"}:
            found.append(part)
    return tuple(found)
