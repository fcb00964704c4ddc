"""Forms of the import pages: upload, mapping of columns, correction of a refused row."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from pydantic import ValidationError as MappingInvalid

from routing.engine.mapping import (
    BehaviourTarget,
    CapturedTarget,
    Dated,
    ExternalIdTarget,
    FieldTarget,
    IgnoreTarget,
    MappingSpec,
    Mode,
    StageTarget,
    Target,
)
from routing.engine.mapping_files import MappingRefused, parse_mapping
from routing.engine.moments import FORMAT_WORDS
from routing.engine.sheets.model import DELIMITERS, ENCODINGS, Dialect
from routing.models import ImportMapping
from routing.services.imports.preview import Preview

_DETECT = ("", "Detect")
_MODES = [(Mode.LEADS.value, "Leads"), (Mode.OUTCOMES.value, "Outcomes of leads that are here already")]


class UploadForm(forms.Form):
    """A file, and a mapping that was kept before."""

    file = forms.FileField(
        help_text="CSV in any common encoding, or .xlsx. The first row holds the headings."
    )
    mapping = forms.ModelChoiceField(
        ImportMapping.objects.all(),
        required=False,
        to_field_name="name",
        empty_label="Propose one from the headings",
        help_text="A mapping says what each column means.",
    )


class MappingForm(forms.Form):
    """What each column means, how dates and the file are written. Columns become fields `column_0`, `column_1` …"""

    mode = forms.ChoiceField(choices=_MODES, label="The file brings")
    external_system = forms.CharField(
        max_length=40,
        required=False,
        label="System of the ids",
        help_text="Short name of where the ids come from, e.g. hubspot. The same name finds the same leads again.",
    )
    zone = forms.ChoiceField(
        choices=[(zone, zone) for zone in ["UTC", *sorted(available_timezones() - {"UTC"})]],
        label="Times without a zone are in",
    )
    encoding = forms.ChoiceField(choices=[_DETECT, *ENCODINGS.items()], required=False)
    delimiter = forms.ChoiceField(
        choices=[_DETECT, *DELIMITERS.items()], required=False, label="Cells divided by"
    )
    sheet = forms.CharField(max_length=100, required=False, help_text="Of a workbook. Empty = the first one.")
    save_as = forms.CharField(
        max_length=60,
        required=False,
        label="Keep this mapping as",
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", "Use small letters, digits, - and _.")],
        help_text="So that the next file of this kind needs no clicks.",
    )

    def __init__(self, data: Any = None, *, preview: Preview) -> None:
        super().__init__(data)
        self.preview = preview
        self.base = preview.spec
        self.targets = self._initial_targets()
        choices = _target_choices(preview, self.targets)
        for i, heading in enumerate(preview.headings):
            target = self.targets[heading]
            self.fields[f"column_{i}"] = forms.ChoiceField(
                choices=choices, initial=_as_choice(target), required=False, label=heading
            )
            if heading in preview.dated or isinstance(target, Dated):
                formats = [(fmt.value, words) for fmt, words in FORMAT_WORDS.items()]
                self.fields[f"format_{i}"] = forms.ChoiceField(
                    choices=[_DETECT, *formats],
                    initial=_format(target),
                    required=False,
                    label=f"Dates of {heading}",
                )
        self._set_initial()

    def columns(self) -> list[dict[str, Any]]:
        """Rows of the mapping table: heading, control, format control, why, and sample values."""
        reasons = {item.heading: item for item in self.preview.proposal.items}
        return [
            {
                "heading": heading,
                "target": self[f"column_{i}"],
                "format": self[f"format_{i}"] if f"format_{i}" in self.fields else None,
                "looks": self.preview.dated.get(heading, ""),
                "reason": reasons[heading].reason if self.base is None else "",
                "samples": [row[i] for row in self.preview.rows if row[i]][:3],
            }
            for i, heading in enumerate(self.preview.headings)
        ]

    def dialect(self) -> Dialect:
        """How the file is written, as stated."""
        given = self.cleaned_data
        return Dialect(given["encoding"], given["delimiter"], given["sheet"])

    def clean(self) -> dict[str, Any]:
        """Everything together as a mapping, kept as `spec`."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.spec = self._spec(cleaned)
            except (MappingRefused, MappingInvalid) as refusal:
                raise forms.ValidationError(getattr(refusal, "messages", [str(refusal)])) from None
        return cleaned

    def _spec(self, cleaned: dict[str, Any]) -> MappingSpec:
        columns = {
            heading: self._target(heading, cleaned.get(f"column_{i}", ""), cleaned.get(f"format_{i}", ""))
            for i, heading in enumerate(self.preview.headings)
        }
        kept = self.base or self._proposed_parts()
        data: dict[str, Any] = {
            "mode": cleaned["mode"],
            "columns": columns,
            "constants": dict(kept.constants) if kept else {},
            "blanks": list(kept.blanks) if kept else [],
        }
        if cleaned["external_system"]:
            data["external_system"] = cleaned["external_system"].strip().lower()
        return parse_mapping(data)

    def _proposed_parts(self) -> MappingSpec | None:
        return self.preview.proposal.spec() if self.preview.proposal.identifies() else None

    def _target(self, heading: str, choice: str, fmt: str) -> dict[str, Any]:
        kind, _, name = choice.partition(":")
        before = self.targets[heading]
        if kind == "field":
            values = before.values if isinstance(before, FieldTarget) and before.field == name else {}
            return {"field": name, "values": dict(values)}
        if kind == "external_id":
            return {"external_id": True}
        dated = {"zone": self.cleaned_data["zone"]} | ({"date_format": fmt} if fmt else {})
        if kind == "stage":
            return {"stage_entered": name} | dated
        if kind == "behaviour":
            return {"behaviour": name} | dated
        return {"captured_at": True} | dated if kind == "captured_at" else {"ignore": True}

    def _initial_targets(self) -> dict[str, Target]:
        proposed = {item.heading: item.target for item in self.preview.proposal.items}
        if self.base is None:
            return proposed
        chosen = self.base.columns
        return {heading: chosen.get(heading, IgnoreTarget(ignore=True)) for heading in proposed}

    def _set_initial(self) -> None:
        dialect, system = self.preview.dialect, self.preview.proposal.system
        zones = {target.zone for target in self.targets.values() if isinstance(target, Dated)}
        self.initial = {
            "mode": self.base.mode.value if self.base else Mode.LEADS.value,
            "external_system": (self.base.external_system if self.base else system) or "file",
            "zone": min(zones, default="UTC"),
            "encoding": dialect.encoding,
            "delimiter": dialect.delimiter,
            "sheet": dialect.sheet,
        }


def _as_choice(target: Target) -> str:
    match target:
        case FieldTarget():
            return f"field:{target.field}"
        case StageTarget():
            return f"stage:{target.stage_entered}"
        case BehaviourTarget():
            return f"behaviour:{target.behaviour}"
        case ExternalIdTarget():
            return "external_id"
        case CapturedTarget():
            return "captured_at"
        case _:
            return ""


def _format(target: Target) -> str:
    return target.date_format.value if isinstance(target, Dated) and target.date_format else ""


def _target_choices(preview: Preview, targets: dict[str, Target]) -> list[Any]:
    behaviours = sorted({t.behaviour for t in targets.values() if isinstance(t, BehaviourTarget)})
    stages = sorted(preview.glossary.stages, key=lambda stage: stage.position)
    return [
        ("", "Ignore"),
        ("Who it is", [("external_id", "Id in that system")]),
        ("Field", [(f"field:{field.key}", field.label) for field in preview.glossary.fields]),
        ("Date on which it entered", [(f"stage:{stage.key}", stage.name) for stage in stages]),
        ("Other date", [("captured_at", "Captured"), *((f"behaviour:{name}", name) for name in behaviours)]),
    ]


class RowForm(forms.Form):
    """The cells of a refused row, to be corrected. Cells become fields `cell_0`, `cell_1` …"""

    def __init__(self, data: Any = None, *, cells: dict[str, str], errors_by_heading: dict[str, str]) -> None:
        super().__init__(data)
        self.headings = list(cells)
        for i, (heading, text) in enumerate(cells.items()):
            widget = (
                forms.Textarea(attrs={"rows": 3}) if "\n" in text or len(text) > 120 else forms.TextInput()
            )
            self.fields[f"cell_{i}"] = forms.CharField(
                required=False,
                strip=False,
                initial=text,
                label=heading,
                widget=widget,
                help_text=errors_by_heading.get(heading, ""),
            )

    def corrected(self) -> dict[str, str]:
        """Heading → text as it stands in the form."""
        return {heading: self.cleaned_data[f"cell_{i}"] for i, heading in enumerate(self.headings)}
