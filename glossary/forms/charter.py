"""Forms of the charter drafts: RACI lines, settings, the rhythm."""

from glossary.choices import Workstream
from glossary.forms.draft_form import DraftForm
from glossary.forms.fields import OfferedField, OfferedListField, RolesField
from glossary.models import CharterSettings, RaciEntry, RhythmBeat
from people.choices import Role

ROLES = {key: str(label) for key, label in Role.choices}
WORKSTREAMS = {key: str(label) for key, label in Workstream.choices}


class RaciEntryForm(DraftForm):
    """Who proposes, approves, is asked and is told, for one workstream."""

    identity = ("workstream",)

    workstream = OfferedField(WORKSTREAMS, label="Workstream")
    responsible = RolesField(label="Responsible", help_text="Propose and edit changes.")
    accountable = RolesField(label="Accountable", help_text="Every one of them must approve.")
    consulted = RolesField(label="Consulted", required=False, help_text="Are asked before; not blocking.")
    informed = RolesField(label="Informed", required=False, help_text="Are told when it is in force.")

    class Meta:
        model = RaciEntry
        fields = ("workstream", "responsible", "accountable", "consulted", "informed")


class CharterSettingsForm(DraftForm):
    """Validation, deadlines and the emergency path."""

    validate_role = OfferedField(ROLES, label="Role that validates")
    validate_workstreams = OfferedListField(WORKSTREAMS, label="Workstreams to validate", required=False)

    class Meta:
        model = CharterSettings
        fields = (
            "validate_role", "validate_workstreams", "consult_days", "expire_days", "emergency_people",
            "ratify_days",
        )  # fmt: skip


class RhythmBeatForm(DraftForm):
    """One recurring review."""

    owners = RolesField(label="Owners")

    class Meta:
        model = RhythmBeat
        fields = ("every", "on", "focus", "produces", "owners")
