"""What addresses of the admin may ask for: numbers of rows that a database can hold."""

from typing import Any

from django.db.models import ForeignKey, Model
from django.http import Http404, HttpRequest, HttpResponse

MOST_DIGITS = 18


def is_number(text: object) -> bool:
    """Whether a text of an address can be the number of a row."""
    text = str(text)
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def require_numbers(*texts: str) -> None:
    """Raise Http404 unless each text can be the number of a row."""
    if not all(map(is_number, texts)):
        raise Http404("There is no such row.")


class SoundFilters:
    """For an admin: a filter by a row that no database can hold finds nothing, where it would be an error."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; 404 when the address filters by a number that cannot be one."""
        for name, value in request.GET.items():
            if self._names_a_row(name) and str(value).isdecimal():
                require_numbers(str(value))
        answer: HttpResponse = super().changelist_view(  # type: ignore[misc]  # of the admin
            request, extra_context
        )
        return answer

    def _names_a_row(self, name: str) -> bool:
        column = name.partition("__")[0]
        model: type[Model] = self.model  # type: ignore[attr-defined]  # of the admin
        relations = {field.name for field in model._meta.fields if isinstance(field, ForeignKey)}  # noqa: SLF001  (Django documents it)
        return column in relations or column in {"id", "pk"}
