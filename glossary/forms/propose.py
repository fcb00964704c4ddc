"""The form that opens a change request: a copy of what is in force, an older version, or a policy file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from glossary import registry
from glossary.choices import Workstream
from glossary.engine.base import PolicyDocument
from glossary.engine.policy_files import LARGEST, FileUnreadable, read_policy_file
from glossary.exceptions import DocumentRefused
from glossary.forms.changes import TextsForm

SHOWN = 10


@dataclass(frozen=True, slots=True)
class FileContent:
    """What an uploaded policy file proposes; `base_number` None = it names no version."""

    workstream: str
    base_number: int | None
    document: PolicyDocument


class ProposeForm(TextsForm):
    """A new change request: of which workstream, and made from what."""

    workstream = forms.ChoiceField(
        label="Workstream", error_messages={"required": "Say which workstream it changes."}
    )
    base = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=999_999)
    file = forms.FileField(
        label="Policy file",
        required=False,
        help_text="YAML or JSON, as the command policy export writes it. Its workstream and content count then.",
    )
    field_order = ("workstream", "title", "why", "effective_at", "file")

    def __init__(
        self, data: Any = None, files: Any = None, *, now: datetime, workstreams: list[str], **kwargs: Any
    ) -> None:
        super().__init__(data, files, now=now, **kwargs)
        choices = [(key, label) for key, label in Workstream.choices if key in workstreams]
        if len(choices) > 1:
            choices.insert(0, ("", "Choose a workstream"))
        self.fields["workstream"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def clean_file(self) -> FileContent | None:
        """The document of the file; what is wrong with it is said place by place."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if upload is None:
            return None
        if upload.size is None or upload.size > 4 * LARGEST:
            raise ValidationError(f"The file is too large: a policy file has {LARGEST:,} characters at most.")
        try:
            found = read_policy_file(upload.read().decode("utf-8-sig"))
            document = registry.parse(found.workstream, found.data)
        except UnicodeDecodeError as error:
            raise ValidationError("The file is no UTF-8 text. Save it as UTF-8.") from error
        except (FileUnreadable, DocumentRefused) as error:
            more = len(error.findings) - SHOWN
            words = [f"{finding.where}: {finding.message}" for finding in error.findings[:SHOWN]]
            raise ValidationError([*words, *([f"… and {more} more."] if more > 0 else [])]) from error
        return FileContent(found.workstream, found.base_number, document)
