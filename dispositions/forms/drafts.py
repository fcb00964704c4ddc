"""The form of a reason code's draft."""

from typing import ClassVar

from dispositions.engine.document import Requirement
from dispositions.models import ReasonCode
from glossary.forms.draft_form import DraftForm
from glossary.forms.fields import OfferedField, OfferedListField

REQUIREMENTS = {
    Requirement.NEXT_TOUCH_ON.value: "the day to come back",
    Requirement.NOTE.value: "a note",
    Requirement.SURVIVOR.value: "the lead that stays",
}


class ReasonCodeForm(DraftForm):
    """One reason: what becomes of the lead, what it asks for, what happens next."""

    identity = ("key",)
    offers: ClassVar = {"stages": "stages", "action_queue": "queues"}
    places: ClassVar = {"action": "action_do"}

    stages = OfferedListField(label="Stages", help_text="Where it may be used.")
    requires = OfferedListField(REQUIREMENTS, label="Asks for", required=False)
    action_queue = OfferedField(label="Queue", required=False, help_text="Where an enriched lead waits.")

    class Meta:
        model = ReasonCode
        fields = (
            "label", "key", "outcome", "stages", "requires", "action_do", "action_track", "action_after_days",
            "action_queue", "help",
        )  # fmt: skip
