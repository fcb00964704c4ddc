"""Draft rows to read: words instead of boxes, names instead of keys, never JSON."""

from collections.abc import Sequence
from typing import Any

from django import forms

from glossary.forms.fields import plain_words


class Shown:
    """One column in words, in the shape that Django's admin takes for a read-only entry."""

    def __init__(self, label: str, text: str, number: int) -> None:
        self.short_description = label
        self.text = text
        self.__name__ = f"shown_{number}"

    def __call__(self, row: object) -> str:
        return self.text


def readable(form: "forms.ModelForm[Any]", columns: Sequence[str]) -> list[Shown]:
    """The columns of a row in words, by the fields of its form."""
    return [
        Shown(_label(form, column), _words(form, column), number) for number, column in enumerate(columns)
    ]


def _label(form: "forms.ModelForm[Any]", column: str) -> str:
    field = form.fields.get(column)
    text = str(field.label) if field is not None and field.label else column
    return f"{text[:1].upper()}{text[1:]}"


def _words(form: "forms.ModelForm[Any]", column: str) -> str:
    value = getattr(form.instance, column)
    words = getattr(form.fields.get(column), "words", None)
    if words is not None:
        return str(words(value))
    display = getattr(form.instance, f"get_{column}_display", None)
    return str(display()) if display is not None and value else plain_words(value)
