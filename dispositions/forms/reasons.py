"""The form of every decision with a reason: recycle, disqualify, hand over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from dispositions.choices import DispositionKind
from dispositions.engine.acts import reasons
from dispositions.engine.document import DispositionsDocument, Do, Reason, Requirement
from dispositions.engine.words import needs_words, next_words
from dispositions.forms.base import DecisionForm, Setting, day_field, note_field
from dispositions.queries.survivors import find_survivor
from dispositions.types import Decision
from routing.engine.documents import RoutingDocument


@dataclass(frozen=True, slots=True)
class Option:
    """A reason as one choice of the form."""

    radio: BoundWidget
    reason: Reason
    what_follows: str
    needs: str


class ReasonForm(DecisionForm):
    """Reasons of the document in force for the lead's stage, each with its help and what happens next.

    Fields that no offered reason could use are left out.
    """

    reason = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose the reason that fits best."}
    )

    def __init__(self, setting: Setting, key: str, data: Any = None) -> None:
        super().__init__(setting, key, data)
        document = setting.edition.document(DispositionsDocument)
        self.offered = reasons(DispositionKind(key), setting.lead.stage, document)
        choice = self.fields["reason"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(reason.key, reason.label) for reason in self.offered]
        if self.users("next_touch_on"):
            tomorrow = setting.today + timedelta(days=1)
            self.fields["next_touch_on"] = day_field("Come back on", earliest=tomorrow)
        if self.users("survivor"):
            self.fields["survivor"] = forms.CharField(
                label="The lead that stays",
                required=False,
                max_length=254,
                help_text="Its e-mail address or its number, for example 1042.",
            )
        self.fields["note"] = note_field()

    def users(self, name: str) -> list[str]:
        """Keys of the offered reasons that can use a field; a nurture reason can always use a date."""
        if name == "next_touch_on":
            return [
                r.key
                for r in self.offered
                if r.action.do is Do.NURTURE or Requirement.NEXT_TOUCH_ON in r.requires
            ]
        return [r.key for r in self.offered if Requirement.SURVIVOR in r.requires]

    def extras(self) -> "Iterator[tuple[forms.BoundField, str]]":
        """The fields beside the reason, each with the reasons that use it (empty = all)."""
        for name in ("next_touch_on", "survivor"):
            if name in self.fields:
                yield self[name], " ".join(self.users(name))
        yield self["note"], ""

    def options(self) -> list[Option]:
        """The reasons as the page lists them."""
        queues = {q.key: q.name for q in self.setting.edition.document(RoutingDocument).queues}
        return [
            Option(radio, reason, next_words(reason, queues), needs_words(reason))
            for radio, reason in zip(self["reason"].subwidgets, self.offered, strict=True)
        ]

    def clean_survivor(self) -> int | None:
        """The number of the lead that is meant. What the person may not see is not there."""
        words = self.cleaned_data["survivor"]
        if not words or self.data.get("reason") not in self.users("survivor"):
            return None
        found = find_survivor(self.setting.user, words)
        if found is None:
            raise forms.ValidationError(f"You see no lead with the e-mail or number {words!r}.")
        return int(found.pk)

    def decision(self) -> Decision:
        """The decision, with its reason and what that asks for."""
        clean = self.cleaned_data
        dated = clean["reason"] in self.users("next_touch_on")
        return replace(
            super().decision(),
            reason=clean["reason"],
            next_touch_on=clean.get("next_touch_on") if dated else None,
            survivor_id=clean.get("survivor"),
        )
