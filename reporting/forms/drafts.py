"""Forms of the reporting drafts."""

from typing import ClassVar
from zoneinfo import available_timezones

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from glossary.forms.draft_form import DraftForm
from glossary.forms.fields import LinesField, OfferedField
from reporting.models import KpiDefinition, ReportingSettings


class KpiDefinitionForm(DraftForm):
    """A conversion that the organisation steers by."""

    identity = ("key",)
    offers: ClassVar = {"from_key": "stages", "to_key": "stages"}

    from_key = OfferedField(label="From")
    to_key = OfferedField(label="To")

    class Meta:
        model = KpiDefinition
        fields = ("label", "key", "from_key", "to_key", "window_days", "target", "at_least")


class ReportingSettingsForm(DraftForm):
    """The reporting zone and the dimensions."""

    zone = forms.ChoiceField(
        label="Time zone",
        choices=[(name, name) for name in sorted(available_timezones())],
        widget=UnfoldAdminSelect2Widget(),
    )
    dimensions = LinesField(
        label="Dimensions", help_text="What reports may be split by: source, channel, region …; one per line."
    )

    class Meta:
        model = ReportingSettings
        fields = ("zone", "dimensions")
