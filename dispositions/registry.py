"""The draft table of the disposition reasons."""

from dispositions.engine.document import Reason
from dispositions.models import ReasonCode
from glossary.registry import Table

DISPOSITIONS = (
    Table(
        path="reasons",
        model=ReasonCode,
        part=Reason,
        columns={
            "key": "key",
            "label": "label",
            "outcome": "outcome",
            "stages": "stages",
            "requires": "requires",
            "action.do": "action_do",
            "action.track": "action_track",
            "action.after_days": "action_after_days",
            "action.queue": "action_queue",
            "help": "help",
        },
        optional=frozenset({"action_track", "action_queue"}),
    ),
)
