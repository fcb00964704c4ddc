"""Draft rows of routing in the admin."""

from datetime import datetime

from django.contrib import admin

from glossary.admin.draft_base import DraftRowAdmin
from glossary.admin.draft_inlines import CriterionInline, DraftInline
from glossary.models import ChangeRequest
from glossary.queries.draft_names import Names
from routing.forms.drafts_routing import (
    QueueForm,
    RoutingSettingsForm,
    SlaRungForm,
    SlaTargetForm,
    TerritoryForm,
)
from routing.models import (
    Queue,
    RoutingSettings,
    SlaCriterion,
    SlaRung,
    SlaTarget,
    Territory,
    TerritoryCriterion,
)
from routing.queries.draft_names import routing_names


class RoutingDraftAdmin(DraftRowAdmin):
    """Rows of a routing draft: queues are its own."""

    def names(self, change: ChangeRequest, now: datetime) -> Names:
        return routing_names(change, now)


class TerritoryCriterionInline(CriterionInline):
    """Which leads are on this ground."""

    model = TerritoryCriterion


class SlaCriterionInline(CriterionInline):
    """Which leads the promise is for; without criteria it is for all."""

    model = SlaCriterion
    verbose_name, verbose_name_plural = "criterion", "applies to leads with (none = all)"


class SlaRungInline(DraftInline):
    """What happens as time runs out."""

    model = SlaRung
    form = SlaRungForm
    verbose_name, verbose_name_plural = "rung", "escalation ladder"

    def get_fieldsets(
        self, request: object, obj: object = None
    ) -> list[tuple[None, dict[str, list[tuple[str, ...]]]]]:
        """In one line."""
        return [(None, {"fields": [("at_percent", "tell", "do")]})]


@admin.register(Territory)
class TerritoryAdmin(RoutingDraftAdmin):
    """Whose ground a lead is on."""

    form = TerritoryForm
    list_display = ["name", "key", "priority", "queue", "request"]
    search_fields = ["name", "key"]
    inlines = [TerritoryCriterionInline]


@admin.register(Queue)
class QueueAdmin(RoutingDraftAdmin):
    """Queues; who is in them is daily business."""

    form = QueueForm
    list_display = ["name", "key", "strategy", "calendar", "fallback", "request"]
    search_fields = ["name", "key"]


@admin.register(SlaTarget)
class SlaTargetAdmin(RoutingDraftAdmin):
    """Promises between two events."""

    form = SlaTargetForm
    list_display = ["name", "from_key", "to_key", "target", "request"]
    search_fields = ["name", "key"]
    inlines = [SlaRungInline, SlaCriterionInline]


@admin.register(RoutingSettings)
class RoutingSettingsAdmin(RoutingDraftAdmin):
    """Fallback queue, re-routing and the kill-switch."""

    form = RoutingSettingsForm
    list_display = ["__str__", "fallback", "reroute_over", "request"]
