"""What follows a reason, in words: shown beside the reason before it is chosen."""

from collections.abc import Callable, Mapping

from dispositions.engine.document import Do, NextAction, Reason, Requirement
from glossary.engine.words import days_words, humanised


def next_words(reason: Reason, queues: Mapping[str, str]) -> str:
    """One sentence: what the system does when this reason is given. `queues` maps keys to names."""
    return _WORDS[reason.action.do](reason, queues)


def needs_words(reason: Reason) -> str:
    """What the reason asks for: "needs a note, a date to come back"; empty when nothing."""
    asked = [_NEEDS[requirement] for requirement in reason.requires]
    return f"needs {', '.join(asked)}" if asked else ""


def _nurture(reason: Reason, queues: Mapping[str, str]) -> str:
    action: NextAction = reason.action
    back = f"in {days_words(action.after_days)}" if action.after_days else "on the day you give"
    if action.after_days:
        back += ", or on the day you give"
    return f"Nurture “{humanised(action.track or '')}”; it is back on your desk {back}."


def _enrich(reason: Reason, queues: Mapping[str, str]) -> str:
    queue = queues.get(reason.action.queue or "", reason.action.queue)
    return f"Waits in the queue {queue} until what is missing is found; then it is routed again."


_WORDS: dict[Do, Callable[[Reason, Mapping[str, str]], str]] = {
    Do.NURTURE: _nurture,
    Do.ENRICH: _enrich,
    Do.SUPPRESS: lambda reason, queues: "Suppressed: new interest of this address is noted, not worked.",
    Do.REROUTE: lambda reason, queues: (
        "Routed at once: to the owner of an open opportunity, else to the next person."
    ),
    Do.MERGE: lambda reason, queues: "Merged into the lead that you name; the history of both is kept.",
}
_NEEDS = {
    Requirement.NEXT_TOUCH_ON: "the day to come back",
    Requirement.NOTE: "a note",
    Requirement.SURVIVOR: "the lead that stays",
}
