"""Draft rows of scoring in the admin."""

from datetime import datetime

from django.contrib import admin

from glossary.admin.draft_base import DraftRowAdmin
from glossary.admin.draft_inlines import CriterionInline
from glossary.models import ChangeRequest
from glossary.queries.draft_names import Names
from routing.forms.drafts_scoring import (
    GroupCapForm,
    IcpTierForm,
    ScoreRuleForm,
    ScoreThresholdForm,
    ScoringSettingsForm,
    TriggerForm,
)
from routing.models import (
    GroupCap,
    IcpTier,
    ScoreRule,
    ScoreThreshold,
    ScoringSettings,
    TierCriterion,
    Trigger,
)
from routing.queries.draft_names import scoring_names


class ScoringDraftAdmin(DraftRowAdmin):
    """Rows of a scoring draft: thresholds and behaviours are its own."""

    def names(self, change: ChangeRequest, now: datetime) -> Names:
        return scoring_names(change, now)


class TierCriterionInline(CriterionInline):
    """What it takes to have the grade."""

    model = TierCriterion


@admin.register(IcpTier)
class IcpTierAdmin(ScoringDraftAdmin):
    """Grades; the first that matches is given."""

    form = IcpTierForm
    list_display = ["__str__", "position", "request"]
    inlines = [TierCriterionInline]


@admin.register(ScoreRule)
class ScoreRuleAdmin(ScoringDraftAdmin):
    """Points for behaviours."""

    form = ScoreRuleForm
    list_display = ["key", "behaviour", "points", "cap", "group", "half_life_days", "request"]
    search_fields = ["key", "behaviour", "group"]


@admin.register(GroupCap)
class GroupCapAdmin(ScoringDraftAdmin):
    """Most points of a group."""

    form = GroupCapForm
    list_display = ["group", "cap", "request"]


@admin.register(ScoreThreshold)
class ScoreThresholdAdmin(ScoringDraftAdmin):
    """Named scores that criteria refer to."""

    form = ScoreThresholdForm
    list_display = ["key", "score", "request"]


@admin.register(Trigger)
class TriggerAdmin(ScoringDraftAdmin):
    """Behaviours that count whatever the points."""

    form = TriggerForm
    list_display = ["behaviour", "request"]


@admin.register(ScoringSettings)
class ScoringSettingsAdmin(ScoringDraftAdmin):
    """What holds for the score as a whole."""

    form = ScoringSettingsForm
    list_display = ["__str__", "total_cap", "request"]
