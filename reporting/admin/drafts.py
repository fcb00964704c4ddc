"""Draft rows of reporting in the admin."""

from django.contrib import admin

from glossary.admin.draft_base import DraftRowAdmin
from reporting.forms.drafts import KpiDefinitionForm, ReportingSettingsForm
from reporting.models import KpiDefinition, ReportingSettings


@admin.register(KpiDefinition)
class KpiDefinitionAdmin(DraftRowAdmin):
    """KPIs."""

    form = KpiDefinitionForm
    list_display = ["label", "key", "from_key", "to_key", "window_days", "target", "request"]
    search_fields = ["label", "key"]


@admin.register(ReportingSettings)
class ReportingSettingsAdmin(DraftRowAdmin):
    """The reporting zone and the dimensions."""

    form = ReportingSettingsForm
    list_display = ["__str__", "zone", "request"]
