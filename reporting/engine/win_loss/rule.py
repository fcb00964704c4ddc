"""What a win/loss check counts: which outcomes, in which period, and at which stage leads are judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from glossary.engine.documents import GlossaryDocument, Qualification, Stage, StageKind
from reporting.engine.errors import CountingError
from reporting.engine.win_loss.period import Period

WON = "won"


@dataclass(frozen=True, slots=True)
class WinLossRule:
    """How a check is counted.

    Attributes:
        as_of: aware; nothing later is seen.
        period: of the days of the outcomes, in `zone`.
        outcomes: key → stage, of all outcome stages; `won` is the win, every other one a loss.
        judged: the stage at whose first entry a lead is judged.
        later: keys of the funnel stages behind it, for leads that passed it without an entry.
    """

    as_of: datetime
    zone: ZoneInfo
    period: Period
    outcomes: dict[str, Stage]
    judged: Stage
    later: frozenset[str]

    @property
    def losses(self) -> str:
        """The names of the outcomes that count as lost."""
        return " or ".join(stage.name for key, stage in self.outcomes.items() if key != WON) or "no stage"

    @property
    def words(self) -> str:
        """The counting rule, to print on the report."""
        judged, won = self.judged.name, self.outcomes[WON].name
        return (
            f"Counted are leads whose first outcome, {won} or {self.losses}, came {self.period.words}, by its day in "
            f"{self.zone.key}. Each is judged with the facts as of its first entry into {judged}; where it passed "
            f"{judged} without one, of its earliest entry into a stage behind it. The criteria are those in force, "
            "scores computed from the facts of that moment; what an import recorded counts from the capture on. The "
            "ratio is the share won of leads that meet a criterion, divided by the share won of those that do not, "
            "with its 95 % log interval (Katz and others 1978); leads of which it is not known are left out of it. "
            "Where a criterion asks whether a field is known, not known counts as not met."
        )


def rule_of(glossary: GlossaryDocument, period: Period, as_of: datetime, zone: ZoneInfo) -> WinLossRule:
    """The rule under a glossary. Raises CountingError when it has no win or no criteria to judge by."""
    outcomes = {stage.key: stage for stage in glossary.stages if stage.kind is StageKind.OUTCOME}
    if WON not in outcomes:
        known = ", ".join(outcomes) or "none"
        raise CountingError(
            "stages",
            WON,
            f"The glossary has no outcome stage of this key; it has {known}. Add one for a win.",
        )
    judged = judged_stage(glossary)
    later = {stage.key for stage in glossary.funnel() if stage.position > judged.position}
    return WinLossRule(as_of, zone, period, outcomes, judged, frozenset(later))


def judged_stage(glossary: GlossaryDocument) -> Stage:
    """The last funnel stage that rules alone decide (the MQL): there the criteria spoke, behind it people did.

    Where rules decide none, the first funnel stage that has criteria. Raises CountingError when none has any.
    """
    asking = [stage for stage in glossary.funnel() if any(stage.entry.criteria())]
    if not asking:
        raise CountingError(
            "stages", "entry", "No funnel stage has entry criteria. Add some to the glossary."
        )
    by_rules = [stage for stage in asking if stage.qualification is Qualification.RULES]
    return by_rules[-1] if by_rules else asking[0]
