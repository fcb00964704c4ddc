"""The filters of the list of change requests. Every one of them is part of the address."""

from collections.abc import Iterable

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict

from glossary.choices import RequestState, Workstream
from glossary.engine.text import fold
from glossary.models import ChangeRequest

MAX_WORDS = 6


class ChangeFilter(django_filters.FilterSet):
    """Words, workstream, state and author."""

    q = django_filters.CharFilter(method="search", label="Words", max_length=200)
    workstream = django_filters.ChoiceFilter(
        choices=Workstream.choices, label="Workstream", empty_label="Every workstream"
    )
    state = django_filters.ChoiceFilter(label="State", empty_label="Any state")
    author = django_filters.ChoiceFilter(method="of_author", label="Proposed by", empty_label="Anyone")

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        data: QueryDict,
        *,
        queryset: "QuerySet[ChangeRequest]",
        states: Iterable[str],
        authors: Iterable[str],
    ) -> None:
        super().__init__(data, queryset=queryset)
        wanted = set(states)
        self.filters["state"].extra["choices"] = [(k, v) for k, v in RequestState.choices if k in wanted]
        self.filters["author"].extra["choices"] = [(name, name) for name in sorted(set(authors), key=fold)]

    @property
    def narrowed(self) -> bool:
        """Whether the reader asked for less than everything."""
        return any(self.data.get(name) for name in self.filters)

    def search(self, query: "QuerySet[ChangeRequest]", name: str, value: str) -> "QuerySet[ChangeRequest]":
        """Every word must stand in the number, title, reason or author, in any case (folded alike everywhere)."""
        words = [fold(word) for word in value.split()[:MAX_WORDS]]
        rows = query.values_list("pk", "title", "why", "author_name")
        texts = ((pk, fold("\n".join([f"#{pk}", *rest]))) for pk, *rest in rows)
        return query.filter(pk__in=[pk for pk, text in texts if all(word in text for word in words)])

    def of_author(self, query: "QuerySet[ChangeRequest]", name: str, value: str) -> "QuerySet[ChangeRequest]":
        """Requests by the name that they keep, also when the account is gone."""
        return query.filter(author_name=value)
