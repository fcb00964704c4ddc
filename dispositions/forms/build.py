"""Which form belongs to which act."""

from typing import Any

from dispositions.choices import DispositionKind
from dispositions.engine.acts import OUTCOMES
from dispositions.forms.base import ActForm, DecisionForm, Setting
from dispositions.forms.decisions import AcceptForm, ForwardForm
from dispositions.forms.reasons import ReasonForm
from dispositions.forms.touch import TouchForm
from glossary.engine.documents import Stage


def decision_form(
    kind: DispositionKind, target: Stage | None, setting: Setting, data: Any = None
) -> DecisionForm:
    """The form of a decision; `target` is the stage it leads to, None where the lead stays."""
    if kind in OUTCOMES:
        return ReasonForm(setting, kind.value, data)
    if target is None:
        return DecisionForm(setting, kind.value, data)
    form = AcceptForm if kind is DispositionKind.ACCEPT else ForwardForm
    return form(setting, kind.value, data, target=target)


def act_form(key: str, target: Stage | None, setting: Setting, data: Any = None) -> ActForm:
    """The form of any act: a touch, taking, or a decision."""
    if key == "touch":
        return TouchForm(setting, key, data)
    if key in DispositionKind.values:
        return decision_form(DispositionKind(key), target, setting, data)
    return ActForm(setting, key, data)
