"""How a back-test counts, in sentences that stand on every result."""

from collections.abc import Sequence

from reporting.engine.back_test.stages import WON

NO_WON = f"no outcome “{WON}”"
REPLAY = (
    "Each lead is replayed with the facts of its own time: judged when Concord first knew it (imported history: when "
    "it was captured), at each behaviour and each recorded change that either definition asks about, whenever a "
    "criterion turns by time alone, and at the as-of instant. Points fade in between: what opens because points that "
    "were taken off have faded is found at the next of these moments."
)
OPENING = (
    "A definition opens a stage for a lead at the first of these moments at which its gate holds: every group, no "
    "disqualifier, every required field known and valid, scores computed from the facts of that moment."
)
STANDING = (
    "Where the lead stood in the funnel is not asked for, and what a rep confirms is not replayed: a stage with "
    "confirmations counts who could be moved."
)
SIDES = (
    "Before and after are the leads for which the definition in force and the proposed one open the stage; gained "
    "are those that only the proposed one opens it for, lost those that only the one in force does."
)
OUTCOMES = (
    "What became of a lead is read from the log: stages that it entered by the as-of instant and that were not "
    "declared a mistake. Leads captured late in the window have had less time."
)
RULE = (
    "The cohort is every lead captured in the window that was not merged into another one.",
    REPLAY,
    OPENING,
    STANDING,
    SIDES,
    OUTCOMES,
    "Gained leads were not worked as if they had been in the stage: what became of them is what happened without.",
    "Source, region, segment and team are those of today.",
)
RATES = (
    "Precision is the share of the leads a definition opens the stage for that were won; recall is the share of all "
    "won leads of the cohort that it opens the stage for. Every rate has its Wilson 95 % interval; below 20 leads "
    "there is none."
)
NO_RATES = (
    f"The glossary in force has no outcome with the key “{WON}”, so there is neither precision nor recall."
)


def sentences(*, has_won: bool, not_logged: Sequence[str], imported: int) -> list[str]:
    """The rule, and what the log cannot tell.

    Args:
        has_won: whether the glossary in force has an outcome that means won.
        not_logged: labels of fields that are judged as they are today.
        imported: how many leads came as history.
    """
    lines = [*RULE, RATES if has_won else NO_RATES]
    if imported:
        lines.append(
            f"{imported:,} of the leads that were replayed came as imported history: the values that the import "
            "brought count from their capture on, whenever they came to be known."
        )
    if not_logged:
        lines.append(f"Their past is not logged, so they count as they are today: {', '.join(not_logged)}.")
    return lines
