"""Form fields for the lists and mappings of a draft: choices, lines, pairs and numbers instead of JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from glossary.engine.text import clean
from glossary.engine.words import number_words
from people.choices import Role

NOTHING = "–"
GONE = "no longer there"


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, cleaned."""
    return [line for line in (clean(part) for part in text.splitlines()) if line]


class OfferedField(forms.ChoiceField):
    """One of the things that exist: a stage, a queue, a field. Offered by name, kept by key."""

    def __init__(self, choices: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminSelectWidget())
        super().__init__(**kwargs)
        self.offer(choices or {})

    def offer(self, choices: Mapping[str, str], current: object = None) -> None:
        """Offer `choices` (key → name); what the row holds now is shown even where it is gone."""
        self.offered = dict(choices)
        shown = dict(choices)
        if isinstance(current, str) and current and current not in shown:
            shown[current] = f"{current} ({GONE})"
        self.choices = [("", "Choose"), *shown.items()]

    def validate(self, value: Any) -> None:
        """Refuse what is not there any more, though it is shown."""
        super().validate(value)
        if value and value not in self.offered:
            raise ValidationError(f"“{value}” is no longer there. Choose another one.")

    def words(self, value: object) -> str:
        """The name of a key."""
        return self.offered.get(str(value), str(value)) if value else NOTHING


class OfferedListField(forms.MultipleChoiceField):
    """Some of the things that exist, kept as the list of their keys in the order offered."""

    def __init__(self, choices: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminCheckboxSelectMultipleWidget())
        super().__init__(**kwargs)
        self.offer(choices or {})

    def offer(self, choices: Mapping[str, str], current: object = None) -> None:
        """Offer `choices` (key → name); what the row holds now is shown even where it is gone."""
        self.offered = dict(choices)
        shown = dict(choices)
        for key in current if isinstance(current, list) else []:
            shown.setdefault(key, f"{key} ({GONE})")
        self.choices = list(shown.items())
        self.kept: list[str] = (
            [key for key in current if isinstance(key, str)] if isinstance(current, list) else []
        )

    def clean(self, value: Any) -> list[str]:
        """The chosen keys: those the row had in their old order, then the new ones."""
        chosen = super().clean(value)
        gone = [key for key in chosen if key not in self.offered]
        if gone:
            raise ValidationError(f"No longer there: {', '.join(gone)}. Untick what is gone.")
        kept = [key for key in self.kept if key in chosen]
        return kept + [key for key in self.offered if key in chosen and key not in kept]

    def words(self, value: object) -> str:
        """The names of the keys."""
        keys = value if isinstance(value, list) else []
        return ", ".join(self.offered.get(key, str(key)) for key in keys) or NOTHING


class RolesField(OfferedListField):
    """Roles by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({key: str(label) for key, label in Role.choices}, **kwargs)


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminExpandableTextareaWidget())
        kwargs.setdefault("help_text", "One per line.")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Lines as a list."""
        return lines_of(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant, not how it is written."""
        return (initial or []) != lines_of(data or "")

    def words(self, value: object) -> str:
        """The lines."""
        return str(self.prepare_value(value) or NOTHING)


class PairsField(forms.CharField):
    """A mapping of texts, `left = right` per line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminExpandableTextareaWidget())
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A mapping as lines."""
        return "\n".join(f"{a} = {b}" for a, b in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """Lines as a mapping. Raises ValidationError naming the line."""
        found: dict[str, str] = {}
        for line in lines_of(super().to_python(value) or ""):
            left, sign, right = (part.strip() for part in line.partition("="))
            if not (left and sign and right):
                raise ValidationError(f"“{line}” has no two sides. Write it like: US = United States.")
            if found.get(left, right) != right:
                raise ValidationError(f"“{left}” is given twice, as “{found[left]}” and “{right}”. Keep one.")
            found[left] = right
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant, not how it is written."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except ValidationError:
            return True

    def words(self, value: object) -> str:
        """The lines."""
        return str(self.prepare_value(value) or NOTHING)


class NumbersField(forms.CharField):
    """Whole numbers, separated by commas."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget())
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A list as text."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """The numbers. Raises ValidationError naming what is none."""
        parts = [part.strip() for part in (super().to_python(value) or "").split(",") if part.strip()]
        wrong = [part for part in parts if not (part.isascii() and part.isdecimal())]
        if wrong:
            raise ValidationError(f"“{wrong[0]}” is no whole number. Write numbers like: 50, 80.")
        return [int(part) for part in parts]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant, not how it is written."""
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True

    def words(self, value: object) -> str:
        """The numbers."""
        return str(self.prepare_value(value) or NOTHING)


def plain_words(value: object) -> str:
    """Any other value in words: yes or no, a number, a text, a list."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(plain_words(item) for item in value) or NOTHING
    if isinstance(value, dict):
        return ", ".join(f"{key} = {plain_words(item)}" for key, item in value.items()) or NOTHING
    if value is None or value == "":
        return NOTHING
    return number_words(value) if isinstance(value, int | float) else str(value)
