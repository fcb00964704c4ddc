"""Forms of the scoring drafts."""

from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from glossary.forms.draft_form import DraftForm
from routing.models import GroupCap, IcpTier, ScoreRule, ScoreThreshold, ScoringSettings, Trigger


class SuggestingWidget(UnfoldAdminTextInputWidget):
    """A text box that suggests what is known; something new may be typed."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[tuple[str, str]] = []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box with its list of suggestions."""
        listed = f"known_{name}"
        box = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.known)
        return format_html('{}<datalist id="{}">{}</datalist>', box, listed, options)


class BehaviourForm(DraftForm):
    """A row that names a behaviour: known ones are suggested."""

    suggests: ClassVar = {"behaviour": "behaviours"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, collection in self.suggests.items():
            widget = self.fields[column].widget
            if self.drafting is not None and isinstance(widget, SuggestingWidget):
                widget.known = list(self.drafting.names.offered(collection).items())


class IcpTierForm(DraftForm):
    """A grade."""

    class Meta:
        model = IcpTier
        fields = ("grade",)


class ScoreRuleForm(BehaviourForm):
    """Points for a behaviour."""

    identity = ("key",)
    suggests: ClassVar = {"behaviour": "behaviours", "group": "groups"}

    behaviour = forms.CharField(
        widget=SuggestingWidget(),
        label="Behaviour",
        max_length=40,
        help_text="As the sources send it, such as pricing_page.",
    )
    group = forms.CharField(
        widget=SuggestingWidget(),
        label="Group",
        max_length=40,
        required=False,
        help_text="Rules of a group share a cap.",
    )

    class Meta:
        model = ScoreRule
        fields = ("behaviour", "key", "points", "cap", "group", "half_life_days")


class GroupCapForm(BehaviourForm):
    """Most points of a group."""

    identity = ("group",)
    suggests: ClassVar = {"group": "groups"}

    group = forms.CharField(
        widget=SuggestingWidget(), label="Group", max_length=40, help_text="A group that a score rule names."
    )

    class Meta:
        model = GroupCap
        fields = ("group", "cap")


class ScoreThresholdForm(DraftForm):
    """A named score."""

    identity = ("key",)

    class Meta:
        model = ScoreThreshold
        fields = ("key", "score")


class TriggerForm(BehaviourForm):
    """A behaviour that counts whatever the points."""

    identity = ("behaviour",)

    behaviour = forms.CharField(widget=SuggestingWidget(), label="Behaviour", max_length=40)

    class Meta:
        model = Trigger
        fields = ("behaviour",)


class ScoringSettingsForm(DraftForm):
    """What holds for the score as a whole."""

    class Meta:
        model = ScoringSettings
        fields = ("total_cap",)
