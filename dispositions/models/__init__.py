"""Tables of the desk: dispositions the actions that follow, and the draft rows of the reasons."""

from dispositions.models.actions import ActionItem
from dispositions.models.dispositions import Disposition
from dispositions.models.drafts import ReasonCode

__all__ = ["ActionItem", "Disposition", "ReasonCode"]
