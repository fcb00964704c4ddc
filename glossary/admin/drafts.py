"""Draft rows of the glossary and the charter in the admin."""

from django.contrib import admin

from glossary.admin.draft_base import DraftRowAdmin
from glossary.admin.draft_inlines import CriterionInline, DraftInline, DraftTable
from glossary.forms.charter import CharterSettingsForm, RaciEntryForm, RhythmBeatForm
from glossary.forms.fields import RolesField
from glossary.forms.glossary import (
    ConfirmationForm,
    ConfirmationFormSet,
    ContractFieldForm,
    RequiredFieldForm,
    RequiredFieldFormSet,
    StageMoveForm,
    TermForm,
)
from glossary.models import (
    CharterSettings,
    Confirmation,
    ContractField,
    Criterion,
    RaciEntry,
    RequiredField,
    RhythmBeat,
    StageMove,
    Term,
)


class StageCriterionInline(CriterionInline):
    """What it takes to enter the stage."""

    model = Criterion
    verbose_name, verbose_name_plural = "criterion", "entry criteria"


class ConfirmationInline(DraftInline):
    """What a rep confirms."""

    model = Confirmation
    form = ConfirmationForm
    formset = ConfirmationFormSet
    verbose_name_plural = "a rep confirms"


class RequiredFieldInline(DraftTable):
    """What must be known of a lead."""

    model = RequiredField
    form = RequiredFieldForm
    formset = RequiredFieldFormSet
    hide_title = True
    verbose_name_plural = "required fields"


@admin.register(Term)
class TermAdmin(DraftRowAdmin):
    """Stages with their definition."""

    form = TermForm
    list_display = ["name", "short", "kind", "step", "qualification", "request"]
    search_fields = ["name", "key"]
    inlines = [StageCriterionInline, ConfirmationInline, RequiredFieldInline]


@admin.register(StageMove)
class StageMoveAdmin(DraftRowAdmin):
    """Allowed moves."""

    form = StageMoveForm
    list_display = ["__str__", "movers", "request"]
    search_fields = ["from_key", "to_key"]

    @admin.display(description="Made by")
    def movers(self, move: StageMove) -> str:
        """Who may make it."""
        return StageMoveForm.base_fields["by"].words(move.by)  # type: ignore[attr-defined, no-any-return]  # ours


@admin.register(ContractField)
class ContractFieldAdmin(DraftRowAdmin):
    """Fields of the data contract."""

    form = ContractFieldForm
    list_display = ["label", "key", "type", "strict", "personal", "request"]
    search_fields = ["label", "key"]


@admin.register(RaciEntry)
class RaciEntryAdmin(DraftRowAdmin):
    """Who proposes, approves, is asked and is told."""

    form = RaciEntryForm
    list_display = ["workstream", "proposes", "approves", "request"]

    @admin.display(description="Responsible")
    def proposes(self, line: RaciEntry) -> str:
        """Roles by name."""
        return RolesField().words(line.responsible)

    @admin.display(description="Accountable")
    def approves(self, line: RaciEntry) -> str:
        """Roles by name."""
        return RolesField().words(line.accountable)


@admin.register(CharterSettings)
class CharterSettingsAdmin(DraftRowAdmin):
    """Validation, deadlines and the emergency path."""

    form = CharterSettingsForm
    list_display = ["__str__", "consult_days", "expire_days", "request"]


@admin.register(RhythmBeat)
class RhythmBeatAdmin(DraftRowAdmin):
    """Recurring reviews."""

    form = RhythmBeatForm
    list_display = ["__str__", "focus", "request"]
