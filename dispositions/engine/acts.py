"""Which decisions the policies in force know for a stage, and to whom each is open. Pure."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dispositions.choices import DispositionKind
from dispositions.engine.document import DispositionsDocument, Outcome, Reason
from glossary.engine.documents import GlossaryDocument, Mover, Stage, StageKind
from glossary.engine.fields import ContractField

# The stage that a decision moves a lead to. Handing over moves none.
TARGETS: dict[DispositionKind, str] = {
    DispositionKind.ACCEPT: "sal",
    DispositionKind.QUALIFY: "sql",
    DispositionKind.OPEN: "opportunity",
    DispositionKind.WIN: "won",
    DispositionKind.LOSE: "lost",
    DispositionKind.RECYCLE: Outcome.RECYCLED.value,
    DispositionKind.DISQUALIFY: Outcome.DISQUALIFIED.value,
}
OUTCOMES: dict[DispositionKind, Outcome] = {
    DispositionKind.RECYCLE: Outcome.RECYCLED,
    DispositionKind.DISQUALIFY: Outcome.DISQUALIFIED,
    DispositionKind.HAND_OVER: Outcome.STAYS,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A decision that the policies know for a stage.

    Attributes:
        target: the stage it leads to; None = the lead stays where it is.
        by: who may make the move; empty = whoever may act on the lead.
    """

    kind: DispositionKind
    target: Stage | None
    by: tuple[Mover, ...]

    def is_open_to(self, movers: AbstractSet[Mover]) -> bool:
        """Whether a person who is `movers` to the lead may take it."""
        return not self.by or not movers.isdisjoint(self.by)


def ways(stage: str, glossary: GlossaryDocument, dispositions: DispositionsDocument) -> list[Way]:
    """The decisions for a lead in `stage`: forward first, then recycle, disqualify, hand over.

    A decision that asks for a reason is known only where the document offers one.
    """
    found = []
    for kind, key in TARGETS.items():
        move = glossary.moves_by_ends.get((stage, key))
        if move is not None and (kind not in OUTCOMES or reasons(kind, stage, dispositions)):
            found.append(Way(kind, glossary.stage_by_key[key], move.by))
    if reasons(DispositionKind.HAND_OVER, stage, dispositions):
        found.append(Way(DispositionKind.HAND_OVER, None, ()))
    return found


def reasons(kind: DispositionKind, stage: str, dispositions: DispositionsDocument) -> list[Reason]:
    """Reasons that the document offers for a kind of decision in a stage; none where none is asked for."""
    outcome = OUTCOMES.get(kind)
    return [] if outcome is None else dispositions.offered(stage, outcome)


def asked_fields(stage: Stage, glossary: GlossaryDocument) -> list[ContractField]:
    """Required fields of a stage that become known only with it: the form of the decision asks for them."""
    fields = [glossary.field_by_key[key] for key in stage.required_fields]
    return [field for field in fields if field.after_outcome]


def next_stage(stage: str, glossary: GlossaryDocument, open_ways: list[Way]) -> Stage | None:
    """The stage that comes next: of the open forward decisions the nearest, else the nearest of any move.

    None at the end of the way: an outcome, or a detour that no move leaves forward.
    """
    targets = [way.target for way in open_ways if way.target and way.target.kind is not StageKind.DETOUR]
    if not targets:
        moves = [glossary.stage_by_key[move.to] for move in glossary.moves if move.from_ == stage]
        targets = [target for target in moves if target.kind is not StageKind.DETOUR]
    return min(targets, key=lambda target: target.position, default=None)
