"""Tables of the desk: dispositions and the actions that follow."""

from dispositions.models.actions import ActionItem
from dispositions.models.dispositions import Disposition

__all__ = ["ActionItem", "Disposition"]
