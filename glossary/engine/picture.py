"""The lifecycle as a picture: where boxes and lines of an SVG go. The funnel runs along the top, detours lie below.

Each detour has a lane: stages that lead to it drop a line onto the lane, and the lane ends in its box. Ways
back leave the box on a second, dashed lane and rise to the stages. Units are those of the SVG's viewBox.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from glossary.engine.documents import GlossaryDocument, Stage, StageKind

MOST_COLUMNS, MOST_DETOURS = 9, 3
BOX_WIDTH, BOX_HEIGHT, GAP = 124, 64, 34
LANE_TOP, LANE_HEIGHT = 30, 84
MARGIN, TIP = 4, 3
LETTERS = 18


@dataclass(frozen=True, slots=True)
class Box:
    """One stage: its place, its name in lines, and how many leads are in it (None = not counted)."""

    stage: Stage
    x: int
    y: int
    lines: tuple[str, ...]
    count: int | None

    @property
    def middle(self) -> int:
        """x of the middle."""
        return self.x + BOX_WIDTH // 2

    @property
    def text_rows(self) -> list[tuple[int, str]]:
        """(y, text) of the name."""
        return [(self.y + 40 + 14 * row, text) for row, text in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the drawing.

    Attributes:
        path: as in the `d` of an SVG path.
        is_back: a way back from a detour.
        has_tip: with an arrow head at its end; the others end on a lane.
    """

    path: str
    is_back: bool = False
    has_tip: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes and lines, and the size of the drawing."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(glossary: GlossaryDocument, counts: Mapping[str, int] | None = None) -> Picture | None:
    """The picture of a lifecycle; None when it has too many stages to be read as one.

    Args:
        counts: leads per key of a stage; None = they are not shown.
    """
    columns, detours = _columns(glossary), _detours(glossary)
    if not 1 <= len(columns) <= MOST_COLUMNS or len(detours) > MOST_DETOURS:
        return None
    tall = max(len(column) for column in columns)
    if tall > 3:
        return None
    return _Drawing(glossary, counts).picture(columns, detours, tall)


def _columns(glossary: GlossaryDocument) -> list[list[Stage]]:
    """Stages on the way, by position; those that share one stand above each other."""
    on_the_way = [stage for stage in glossary.stages if stage.kind is not StageKind.DETOUR]
    places = sorted({stage.position for stage in on_the_way})
    return [[stage for stage in on_the_way if stage.position == place] for place in places]


def _detours(glossary: GlossaryDocument) -> list[Stage]:
    return sorted((s for s in glossary.stages if s.kind is StageKind.DETOUR), key=lambda s: s.position)


class _Drawing:
    """Places one lifecycle."""

    def __init__(self, glossary: GlossaryDocument, counts: Mapping[str, int] | None) -> None:
        self.moves, self.counts = glossary.moves_by_ends, counts
        self.boxes: dict[str, Box] = {}

    def picture(self, columns: Sequence[Sequence[Stage]], detours: Sequence[Stage], tall: int) -> Picture:
        for number, column in enumerate(columns):
            for row, stage in enumerate(column):
                self._place(stage, MARGIN + number * (BOX_WIDTH + GAP), MARGIN + row * (BOX_HEIGHT + 12))
        floor = MARGIN + tall * (BOX_HEIGHT + 12) - 12
        width = 2 * MARGIN + len(columns) * (BOX_WIDTH + GAP) - GAP
        for number, stage in enumerate(detours):
            self._place(stage, width - MARGIN - BOX_WIDTH, floor + LANE_TOP + number * LANE_HEIGHT)
        lines = [
            *self._ahead(columns),
            *(line for n, s in enumerate(detours) for line in self._lane(s, n)),
            *self._between(detours),
        ]
        height = floor + MARGIN + (LANE_TOP + len(detours) * LANE_HEIGHT - 20 if detours else 0)
        return Picture(width, height, tuple(self.boxes.values()), tuple(lines))

    def _place(self, stage: Stage, x: int, y: int) -> None:
        is_said = stage.name.casefold() == stage.short.casefold()
        name = [] if is_said else textwrap.wrap(stage.name, LETTERS, max_lines=2, placeholder=" …")
        count = None if self.counts is None else self.counts.get(stage.key, 0)
        self.boxes[stage.key] = Box(stage, x, y, tuple(name), count)

    def _ahead(self, columns: Sequence[Sequence[Stage]]) -> Iterator[Line]:
        """From each column to the next one, where there is such a move."""
        for here, there in pairwise(columns):
            for start in here:
                for end in there:
                    if (start.key, end.key) in self.moves:
                        yield Line(_across(self.boxes[start.key], self.boxes[end.key]))

    def _lane(self, detour: Stage, number: int) -> Iterator[Line]:
        """What leads into a detour, and back out of it."""
        box = self.boxes[detour.key]
        others = [other for other in self.boxes.values() if other.stage.kind is not StageKind.DETOUR]
        shift = 12 + 16 * number
        into = [other for other in others if (other.stage.key, detour.key) in self.moves]
        lane = box.y + BOX_HEIGHT // 3
        for other in into:
            is_first = other is into[0]
            end = f"H{box.x - TIP}" if is_first else ""
            yield Line(f"M{other.middle - shift} {other.y + BOX_HEIGHT}V{lane}{end}", has_tip=is_first)
        back = [other for other in others if (detour.key, other.stage.key) in self.moves]
        lane = box.y + 2 * BOX_HEIGHT // 3
        for other in back:
            x = other.middle + shift
            begin = f"M{box.x} {lane}H{x}" if other is back[0] else f"M{x} {lane}"
            yield Line(f"{begin}V{other.y + BOX_HEIGHT + TIP}", is_back=True)

    def _between(self, detours: Sequence[Stage]) -> Iterator[Line]:
        """From one detour to the next one below."""
        for start, end in pairwise(detours):
            if (start.key, end.key) in self.moves:
                upper, lower = self.boxes[start.key], self.boxes[end.key]
                yield Line(f"M{upper.middle} {upper.y + BOX_HEIGHT}V{lower.y - TIP}")


def _across(start: Box, end: Box) -> str:
    x, y = start.x + BOX_WIDTH, start.y + BOX_HEIGHT // 2
    target = end.y + BOX_HEIGHT // 2
    bend = f"H{x + GAP // 2}V{target}" if target != y else ""
    return f"M{x} {y}{bend}H{end.x - TIP}"
