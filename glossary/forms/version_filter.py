"""The filters of the change log. Every one of them is part of the address, so that a view can be shared."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from glossary.choices import Verdict, Workstream
from glossary.engine.documents import GlossaryDocument
from glossary.engine.text import fold
from glossary.engine.warrants import read_warrant
from glossary.models import ChangeRequest, Contributor, PolicyVersion, SignOff
from glossary.queries.stage_history import is_known, touching
from glossary.types import EditionInForce
from people.models import User

MAX_WORDS = 6


class VersionFilter(django_filters.FilterSet):
    """Words, workstream, stage, person, and when a version went in force (days in the reader's zone)."""

    q = django_filters.CharFilter(method="search", label="Words", max_length=200)
    workstream = django_filters.ChoiceFilter(
        choices=Workstream.choices, label="Workstream", empty_label="Every workstream"
    )
    stage = django_filters.ChoiceFilter(method="of_stage", label="Stage", empty_label="Every stage")
    person = django_filters.ChoiceFilter(method="of_person", label="Person", empty_label="Anyone")
    since = django_filters.DateFilter(
        field_name="in_force_from",
        lookup_expr="date__gte",
        label="In force from",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = django_filters.DateFilter(
        field_name="in_force_from",
        lookup_expr="date__lte",
        label="to",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = PolicyVersion
        fields: tuple[str, ...] = ()

    def __init__(
        self, data: QueryDict, *, queryset: "QuerySet[PolicyVersion]", edition: EditionInForce
    ) -> None:
        super().__init__(data, queryset=queryset)
        stages = sorted(edition.document(GlossaryDocument).stages, key=lambda stage: stage.position)
        choices = [(stage.key, stage.name) for stage in stages]
        asked = data.get("stage", "")
        if asked and asked not in dict(choices) and "\0" not in asked and is_known(asked):
            choices.append((asked, f"{asked} (not defined any more)"))
        self.filters["stage"].extra["choices"] = choices
        self.filters["person"].extra["choices"] = [(str(user.pk), str(user)) for user in people()]

    def search(self, query: "QuerySet[PolicyVersion]", name: str, value: str) -> "QuerySet[PolicyVersion]":
        """Every word must stand in the title, the reason or a name, in any case (folded alike everywhere)."""
        words = [fold(word) for word in value.split()[:MAX_WORDS]]
        rows = query.values_list("pk", "workstream", "number", "title", "why", "published_by_name", "warrant")
        found = [
            pk
            for pk, workstream, number, *texts, warrant in rows
            if _has_all(words, [f"{workstream} v{number}", *texts, *read_warrant(warrant).people()])
        ]
        return query.filter(pk__in=found)

    def of_stage(self, query: "QuerySet[PolicyVersion]", name: str, value: str) -> "QuerySet[PolicyVersion]":
        """Versions that changed a stage or what its definition uses."""
        return touching(query, value)

    def of_person(self, query: "QuerySet[PolicyVersion]", name: str, value: str) -> "QuerySet[PolicyVersion]":
        """Versions that a person proposed, wrote a part of, signed or published."""
        who = int(value)
        request = ChangeRequest.objects.filter(version=OuterRef("pk"))
        signed = SignOff.objects.filter(request__version=OuterRef("pk"), signer=who, **_COUNTS)
        wrote = Contributor.objects.filter(request__version=OuterRef("pk"), user=who)
        return query.filter(
            Q(published_by=who) | Exists(request.filter(author=who)) | Exists(wrote) | Exists(signed)
        )


_COUNTS: dict[str, Any] = {"verdict": Verdict.GIVEN, "voided_at": None}


def people() -> "QuerySet[User]":
    """Everybody who proposed, wrote a part of, signed or published a version."""
    published = {"request__version__isnull": False}
    return User.objects.filter(
        Q(pk__in=PolicyVersion.objects.order_by().values("published_by"))
        | Q(pk__in=ChangeRequest.objects.order_by().filter(version__isnull=False).values("author"))
        | Q(pk__in=Contributor.objects.order_by().filter(**published).values("user"))
        | Q(pk__in=SignOff.objects.order_by().filter(**published, **_COUNTS).values("signer"))
    ).order_by("first_name", "last_name", "username")


def _has_all(words: list[str], texts: list[str]) -> bool:
    whole = fold("\n".join(texts))
    return all(word in whole for word in words)
