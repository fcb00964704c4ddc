"""The stages of both definitions, each as a bit: what a lead entered is one number, and numbers are counted."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from glossary.engine.documents import Stage, StageKind
from reporting.engine.stage_line import StageLine

WON = "won"


class Stages:
    """Both funnels as one: a stage that both sides know is taken as the definition in force has it."""

    def __init__(self, before: Iterable[Stage], after: Iterable[Stage]) -> None:
        """Take the stages of the definition in force and of the proposed one, in any order."""
        first = {stage.key: stage for stage in before}
        self.by_key: Mapping[str, Stage] = {**{stage.key: stage for stage in after}, **first}
        self.has_won = WON in first and first[WON].kind is StageKind.OUTCOME
        ordered = sorted(self.by_key.values(), key=_worth)
        self._line = StageLine(ordered)
        self.bits = {stage.key: 1 << place for place, stage in enumerate(ordered)}
        self.won_bit = self.bits[WON] if self.has_won else 0

    def name(self, key: str) -> str:
        """The name of a stage; a key that neither side knows names itself."""
        return self.by_key[key].name if key in self.by_key else key

    def beyond(self, key: str) -> list[str]:
        """Keys of what may come after a stage: later funnel stages in order, then outcomes, won first."""
        passing = self._line.passing(key)
        later = [stage for stage in self.by_key.values() if stage.key in passing]
        return [stage.key for stage in sorted(later, key=_reading_order)]

    def detours(self) -> list[str]:
        """Keys of the stages beside the funnel, in order."""
        beside = [stage for stage in self.by_key.values() if stage.kind is StageKind.DETOUR]
        return [stage.key for stage in sorted(beside, key=_reading_order)]

    def reaching(self, key: str) -> int:
        """The bits any of which shows that a stage was reached or passed."""
        return self._of(self._line.reaching(key))

    def telling(self, keys: Iterable[str]) -> list[str]:
        """Stages an entry into which tells what became of a lead that was in one of `keys`; won always."""
        found = {stage for key in keys for stage in self.beyond(key)} | set(self.detours())
        if self.has_won:
            found.add(WON)
        return sorted(found)

    def became(self, key: str, entered: int) -> str:
        """The furthest stage beyond `key` among those entered, else a detour; empty when there is neither."""
        for telling in (self._of(self.beyond(key)), self._of(self.detours())):
            best = (entered & telling).bit_length()
            if best:
                return next(name for name, bit in self.bits.items() if bit == 1 << (best - 1))
        return ""

    def _of(self, keys: Iterable[str]) -> int:
        return reduce(or_, (self.bits[key] for key in keys), 0)


def _reading_order(stage: Stage) -> tuple[bool, int, bool, str]:
    return stage.kind is StageKind.OUTCOME, stage.position, stage.key != WON, stage.key


def _worth(stage: Stage) -> tuple[int, bool, int, str]:
    """Detours before the funnel, outcomes behind it, and won as the very last: the highest bit says most."""
    kinds = {StageKind.DETOUR: 0, StageKind.FUNNEL: 1, StageKind.OUTCOME: 2}
    return kinds[stage.kind], stage.key == WON, stage.position, stage.key
