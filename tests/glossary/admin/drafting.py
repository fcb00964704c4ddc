"""Draft pages for tests: their addresses, and a page's form as a browser would send it back."""

from typing import Any

from django.db import models
from django.test import Client
from django.urls import reverse

from glossary.models import ChangeRequest, Term
from glossary.models.draft_base import DraftRow


def address(model: type[models.Model], page: str, *args: object) -> str:
    """The admin's page of a model: changelist, add, change, delete, history."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def sent_back(page: Any) -> dict[str, Any]:
    """What a browser would post from a page of the admin if nothing was touched."""
    data = _values(page.context["adminform"].form)
    for inline in page.context["inline_admin_formsets"]:
        data |= _values(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= _values(form)
    return data


def _values(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, bool):
            if value:
                found[bound.html_name] = "on"
        elif value is not None:
            found[bound.html_name] = value
    return found


def touched(client: Client, row: DraftRow, **changes: object) -> Any:
    """Open a row's page, change some boxes, save. Returns the answer."""
    at = address(type(row), "change", row.pk)
    data = {**sent_back(client.get(at)), **changes}
    return client.post(at, {name: value for name, value in data.items() if value is not None})


def stage_row(change: ChangeRequest, key: str = "mql") -> Term:
    """A stage of a draft."""
    return Term.objects.get(request=change, key=key)


def faults(page: Any) -> str:
    """Everything that the page says is wrong."""
    form = page.context["adminform"].form
    found = [str(form.errors)]
    found += [
        str(inline.formset.errors) + str(inline.formset.non_form_errors())
        for inline in page.context["inline_admin_formsets"]
    ]
    return " ".join(found)
