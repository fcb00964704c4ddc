"""Grades of a difference: what a change does to who qualifies. Decided on the structure, never on prose."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from glossary.engine.conditions import When
from glossary.engine.implication import implies
from glossary.types import Documents


class Grade(StrEnum):
    """What a change does."""

    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    CHANGED = "changed"
    WORDING = "wording"
    STRUCTURE = "structure"


# Asks the owning app: the path of what changed, such as ("sla", "first_touch", "target"), its old and its new
# value (None = not there), and the documents that would result. None = it has nothing to say.
Grader = Callable[[tuple[str, ...], object, object, Documents], Grade | None]

# Attributes that only people read.
PROSE = frozenset({"name", "short", "label", "definition", "help", "exit", "signals", "focus", "produces"})


def either(*, tighter: bool, looser: bool) -> Grade:
    """The grade of what can be shown: both ways = the same in other words, neither = changed."""
    if tighter and looser:
        return Grade.WORDING
    return Grade.TIGHTENED if tighter else Grade.LOOSENED if looser else Grade.CHANGED


def grade_when(
    old: When, new: When, thresholds_old: Mapping[str, float], thresholds_new: Mapping[str, float]
) -> Grade:
    """Tightened if everything that met the new one met the old one, loosened the other way round.

    Confirmations of a gate count: one more, or one that needs evidence now, tightens.
    """
    return either(
        tighter=implies(new, old, thresholds_new, thresholds_old),
        looser=implies(old, new, thresholds_old, thresholds_new),
    )


def grade_attribute(section: str, attribute: str, old: object, new: object) -> Grade:
    """The grade of an attribute that is no criteria set, of an item of `section` (a list of the document)."""
    if attribute in PROSE:
        return Grade.WORDING
    if isinstance(old, tuple) and isinstance(new, tuple):
        if attribute == "required_fields":
            return either(tighter=set(old) <= set(new), looser=set(new) <= set(old))
        if (section, attribute) == ("moves", "by"):
            return either(tighter=set(new) <= set(old), looser=set(old) <= set(new))
    return Grade.STRUCTURE


def grade_item(section: str, *, added: bool) -> Grade:
    """The grade of an item that came or went: a way more loosens, a way less tightens."""
    if section == "moves":
        return Grade.LOOSENED if added else Grade.TIGHTENED
    return Grade.STRUCTURE
