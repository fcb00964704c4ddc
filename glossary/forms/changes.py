"""Forms of the change request pages: texts, answers to sign-offs, comments, delegations."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from glossary.choices import Duty, Verdict
from glossary.services.drafting import Texts
from glossary.services.opening import TITLE_LENGTH, WHY_LENGTH
from glossary.services.signing import Answer
from people.models import User

DATE_TIME = "%Y-%m-%dT%H:%M"


def moment_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateTimeField:
    """Date and time in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=DATE_TIME)
    return forms.DateTimeField(label=label, required=required, help_text=help_text, widget=widget)


def text_field(label: str, *, required: bool, rows: int = 3, missing: str = "") -> forms.CharField:
    """Running text, as long as a change request keeps it."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=WHY_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        error_messages={"required": missing or f"Write the {label.lower()}."},
    )


class TextsForm(forms.Form):
    """What is said of a change: title, reason, and when it is to begin."""

    title = forms.CharField(
        label="Title",
        max_length=TITLE_LENGTH,
        help_text="What changes, in a few words: “MQL: a free-mail address no longer counts”.",
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    why = text_field("Why", required=True, rows=4, missing="Say why: approvers decide on it.")
    effective_at = moment_field(
        "In force from",
        required=False,
        help_text="In your time zone. Leave it empty for as soon as it is published.",
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        now: datetime,
        kept: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        self.now, self.kept = now, kept
        super().__init__(data, files, auto_id="texts_%s", **kwargs)

    def clean_effective_at(self) -> datetime | None:
        """Refuse a moment that has passed, unless it stands so already."""
        moment: datetime | None = self.cleaned_data["effective_at"]
        if (
            moment is not None
            and self.kept is not None
            and moment == self.kept.replace(second=0, microsecond=0)
        ):
            return self.kept  # the control shows no seconds
        if moment is not None and moment <= self.now:
            raise ValidationError("This moment has passed. Give a later one, or leave it empty.")
        return moment

    def texts(self) -> Texts:
        """What a valid form says."""
        clean = self.cleaned_data
        return Texts(clean["title"], clean["why"], clean["effective_at"])


class AnswerForm(forms.Form):
    """An answer to a slot, for the content that the page showed. The button pressed gives the verdict."""

    signoff = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    back_test = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**62)
    note = text_field("Note", required=False)
    verdict = forms.ChoiceField(choices=Verdict.choices, required=True, widget=forms.HiddenInput)

    LABELS = {
        Duty.APPROVE: "Reason",
        Duty.VALIDATE: "Your finding: what this does to the reported numbers",
        Duty.CONSULT: "Your advice",
        Duty.EMERGENCY: "Note",
    }
    MISSING = {
        Duty.VALIDATE: "Write your finding on the reported numbers first; it is kept with the signature.",
        Duty.CONSULT: "Write your advice first.",
    }

    def __init__(self, data: Any = None, *, duty: str, key: object = "", **kwargs: Any) -> None:
        self.duty = Duty(duty)
        super().__init__(data, auto_id=f"answer{key}_%s", **kwargs)
        note = self.fields["note"]
        note.label, note.required = self.LABELS[self.duty], self.duty in self.MISSING
        note.error_messages["required"] = self.MISSING.get(self.duty, "")
        note.widget.is_required = note.required

    def clean(self) -> dict[str, Any]:
        """Ask for the words without which the answer helps nobody."""
        clean = super().clean() or {}
        verdict, note = clean.get("verdict"), (clean.get("note") or "").strip()
        if not note and "note" not in self.errors and verdict not in {None, Verdict.GIVEN}:
            self.add_error("note", "Write the reason first: the author has to know what to change.")
        return clean

    def answer(self) -> Answer:
        """What a valid form says."""
        clean = self.cleaned_data
        read = clean["back_test"] or 0
        return Answer(clean["signoff"], clean["verdict"], clean["digest"], clean["note"], read)


class WithdrawForm(forms.Form):
    """Ending a request that is not wanted any more."""

    note = text_field("Why is it not wanted any more", required=False, rows=2)


class EmergencyForm(forms.Form):
    """Why a submitted change cannot wait for all sign-offs."""

    why = text_field("Why this cannot wait", required=True, missing="Say why this cannot wait.")
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class CommentForm(forms.Form):
    """Something said about a change. The token makes a double click one comment."""

    text = text_field("Comment", required=True, missing="Write something first.")
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="comment_%s", initial={"token": uuid4()}, **kwargs)


class DelegationForm(forms.Form):
    """Who signs for the person, from when to when."""

    person = forms.ModelChoiceField(
        User.objects.none(), label="Who signs for you", empty_label="Choose a person"
    )
    starts_at = moment_field("From")
    ends_at = moment_field("Until", help_text="In your time zone; 92 days at most.")
    why = forms.CharField(
        label="Why", required=False, max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=user.pk)
        self.fields["person"].queryset = others.order_by(  # type: ignore[attr-defined]  # of a ModelChoiceField
            "first_name", "last_name", "username"
        )

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning at the field where it was written."""
        clean = super().clean() or {}
        starts, ends = clean.get("starts_at"), clean.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The end must lie after the beginning.")
        return clean
