"""The plain model form of a row, with its type parameter where type checkers ask for it."""

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    RowForm = forms.ModelForm[Any]
else:  # Django's own class takes no type parameter when it runs
    RowForm = forms.ModelForm
