"""Moves of the glossary in force: which one, by whom, in which pass. Nothing is written here."""

from glossary.engine.documents import GlossaryDocument, Move, Mover, Stage, StageKind
from glossary.types import EditionInForce
from people.access import is_revops, manages_owner
from people.models import User
from routing.exceptions import Conflict, MoveNotAllowed
from routing.models import Lead
from routing.queries.history import standing_entries


def movers_of(user: User | None, lead: Lead) -> frozenset[Mover]:
    """What the acting user is to the lead, in the words of the glossary's moves."""
    return frozenset(mover for mover in Mover if is_mover(mover, user, lead))


def is_mover(mover: Mover, user: User | None, lead: Lead) -> bool:
    """Whether the acting user may make the lead's moves that are `mover`'s."""
    if mover is Mover.SYSTEM or user is None:
        return mover is Mover.SYSTEM and user is None
    if mover is Mover.OWNER:
        return lead.owner_id == user.pk
    return manages_owner(user, lead) if mover is Mover.MANAGER else is_revops(user)


def check_move(lead: Lead, to_stage: str, edition: EditionInForce, acting_user: User | None) -> Stage:
    """The stage, when the glossary in force lets this person move the lead there. Raises otherwise."""
    glossary = edition.document(GlossaryDocument)
    stage = glossary.stage_by_key.get(to_stage)
    if stage is None:
        known = ", ".join(glossary.stage_by_key)
        raise MoveNotAllowed(f"There is no stage {to_stage!r}. Use one of: {known}.")
    if lead.stage == to_stage:
        raise Conflict(_already_there(lead, stage))
    if not lead.stage:
        return _first_stage(glossary, stage)
    move = glossary.moves_by_ends.get((lead.stage, to_stage))
    if move is None or not any(is_mover(mover, acting_user, lead) for mover in move.by):
        raise MoveNotAllowed(_way_out(lead, stage, move, glossary))
    return stage


def pass_for(lead: Lead, stage: Stage, edition: EditionInForce) -> int:
    """The pass that the entry belongs to: leaving a detour for the funnel opens the next one."""
    came_from = edition.document(GlossaryDocument).stage_by_key.get(lead.stage)
    leaves_detour = came_from is not None and came_from.kind is StageKind.DETOUR
    return lead.pass_number + 1 if leaves_detour and stage.kind is not StageKind.DETOUR else lead.pass_number


def _first_stage(glossary: GlossaryDocument, stage: Stage) -> Stage:
    first = glossary.funnel()[0]
    if stage.key != first.key:
        raise MoveNotAllowed(
            f"The lead has entered no stage yet; it begins as {first.short}, not as {stage.short}."
        )
    return stage


def _already_there(lead: Lead, stage: Stage) -> str:
    last = standing_entries(lead).last()
    if last is None:
        return f"{lead} is in {stage.short} already."
    when = f"{last.occurred_at:%Y-%m-%d %H:%M %Z}"
    return f"{lead} is in {stage.short} already: {last.actor_name} moved it there at {when}."


def _way_out(lead: Lead, stage: Stage, refused: Move | None, glossary: GlossaryDocument) -> str:
    here = glossary.stage_by_key.get(lead.stage)
    name = here.short if here else lead.stage
    if refused is not None:
        return f"Only {_who(refused)} may move a lead from {name} to {stage.short}. Ask them."
    ways = [
        f"{glossary.stage_by_key[move.to].short} (by {_who(move)})"
        for move in glossary.moves
        if move.from_ == lead.stage
    ]
    onward = f"From there it can go to: {'; '.join(ways)}." if ways else "No move leads out of that stage."
    return f"A lead in {name} cannot go to {stage.short}. {onward}"


def _who(move: Move) -> str:
    words = {
        Mover.SYSTEM: "the rules",
        Mover.OWNER: "the owner",
        Mover.MANAGER: "the owner's manager",
        Mover.REVOPS: "RevOps",
    }
    return " or ".join(words[mover] for mover in move.by)
