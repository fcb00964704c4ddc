"""Forms of the routing drafts."""

from typing import Any, ClassVar

from glossary.forms.draft_form import DraftForm
from glossary.forms.fields import NumbersField, OfferedField
from glossary.forms.row_form import RowForm
from routing.engine.business_time import parse_duration
from routing.models import Queue, RoutingSettings, SlaRung, SlaTarget, Territory


class TerritoryForm(DraftForm):
    """Whose ground a lead is on."""

    identity = ("key",)
    offers: ClassVar = {"queue": "queues"}

    queue = OfferedField(label="Queue")

    class Meta:
        model = Territory
        fields = ("name", "key", "priority", "queue")


class QueueForm(DraftForm):
    """A pool of people."""

    identity = ("key",)
    offers: ClassVar = {"fallback": "queues", "calendar": "calendars"}

    fallback = OfferedField(
        label="Fallback queue", required=False, help_text="Takes over when nobody is in it."
    )
    calendar = OfferedField(label="Calendar", help_text="Its business hours.")

    class Meta:
        model = Queue
        fields = ("name", "key", "strategy", "fallback", "calendar")


class SlaTargetForm(DraftForm):
    """A promise between two events."""

    identity = ("key",)
    offers: ClassVar = {"from_key": "ends", "to_key": "ends"}

    from_key = OfferedField(label="From", help_text="The clock starts.")
    to_key = OfferedField(label="To", help_text="The clock stops.")
    warn = NumbersField(label="Warn at (%)", required=False, help_text="Of the time, with commas: 50, 80.")

    class Meta:
        model = SlaTarget
        fields = ("name", "key", "from_key", "to_key", "target", "warn")


class SlaRungForm(RowForm):
    """A rung of the ladder."""

    class Meta:
        model = SlaRung
        fields = ("at_percent", "tell", "do")

    def clean(self) -> dict[str, Any]:
        """A rung does something, at a percentage that exists."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        percent = cleaned.get("at_percent")
        if percent is not None and not 1 <= percent <= 1000:
            self.add_error("at_percent", f"{percent} is no percentage of the time from 1 to 1000.")
        if not (cleaned.get("tell") or cleaned.get("do")) and not self.errors:
            self.add_error("tell", "This rung neither tells anyone nor does anything. Choose one.")
        return cleaned


class RoutingSettingsForm(DraftForm):
    """Fallback queue, re-routing and the kill-switch."""

    offers: ClassVar = {"fallback": "queues"}

    fallback = OfferedField(label="Fallback queue", help_text="Gets what no territory takes.")

    class Meta:
        model = RoutingSettings
        fields = ("fallback", "touch_attempts", "reroute_over", "error_rate", "window_minutes", "at_least")

    def clean_reroute_over(self) -> str:
        """A duration that can be read."""
        text = str(self.cleaned_data["reroute_over"])
        try:
            parse_duration(text)
        except ValueError as error:
            self.add_error("reroute_over", f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return text
