"""Two texts compared word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A word or a sign with the space before it, so that single spaces don't count as something in common.
_WORDS = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words that both texts have, or only one of them."""

    op: Literal["same", "removed", "added"]
    text: str


def segments(old: str, new: str) -> tuple[Segment, ...]:
    """What was taken out and put in, in reading order.

    Same and removed segments together are `old`, same and added ones are `new`, letter by letter.
    """
    return tuple(segment for segment in _segments(_WORDS.findall(old), _WORDS.findall(new)) if segment.text)


def _segments(old: list[str], new: list[str]) -> Iterator[Segment]:
    for op, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            yield Segment("same", "".join(old[i:j]))
        else:
            yield Segment("removed", "".join(old[i:j]))
            yield Segment("added", "".join(new[k:m]))
