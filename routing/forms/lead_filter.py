"""The filters of the list of leads. Choices come from the policies in force and from who may be seen."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from people.choices import SEES_ALL_LEADS, Role
from people.models import User
from routing.engine.documents import RoutingDocument
from routing.engine.text import fold
from routing.models import Lead

NOBODY = "nobody"
SEARCHED = ("email", "company", "first_name", "last_name")
MAX_WORDS = 6


class LeadFilter(django_filters.FilterSet):
    """Stage, owner, source, region, queue and words; `queryset` is what the person may see."""

    q = django_filters.CharFilter(method="search", label="E-mail, company or name", max_length=200)
    stage = django_filters.ChoiceFilter(label="Stage", empty_label="Any stage")
    owner = django_filters.ChoiceFilter(method="of_owner", label="Owner", empty_label="Anyone")
    source = django_filters.CharFilter(label="Source", max_length=80, strip=True)
    region = django_filters.ChoiceFilter(label="Region", empty_label="Any region")
    queue = django_filters.ChoiceFilter(label="Queue", empty_label="Any queue")

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, queryset: "QuerySet[Lead]", edition: EditionInForce, user: User) -> None:
        super().__init__(data, queryset=queryset)
        glossary, policy = edition.document(GlossaryDocument), edition.document(RoutingDocument)
        region = glossary.field_by_key.get("region")
        choices = {
            "stage": [(stage.key, stage.name) for stage in glossary.stages],
            "queue": [(queue.key, queue.name) for queue in policy.queues],
            "region": [(value, value.upper()) for value in (region.values if region else ())],
            "owner": [(NOBODY, "Nobody"), *((str(u.pk), str(u)) for u in owners_for(user))],
        }
        for name, pairs in choices.items():
            self.filters[name].extra["choices"] = pairs

    def search(self, query: "QuerySet[Lead]", name: str, value: str) -> "QuerySet[Lead]":
        """Every word must be in the address, the company or the name, in any case."""
        for word in value.split()[:MAX_WORDS]:
            anywhere = Q()
            for field in SEARCHED:
                anywhere |= Q(**{f"folded__{field}__icontains": fold(word)})
            query = query.filter(anywhere)
        return query

    def of_owner(self, query: "QuerySet[Lead]", name: str, value: str) -> "QuerySet[Lead]":
        """Leads of one person, or of nobody."""
        return query.filter(owner__isnull=True) if value == NOBODY else query.filter(owner_id=int(value))


def owners_for(user: User) -> "QuerySet[User]":
    """People whose leads `user` may see: their names are all that the choice tells."""
    people = User.objects.filter(is_active=True, groups__name__in=[Role.SDR, Role.AE, Role.SALES_MANAGER])
    if not (user.is_superuser or user.has_role(*SEES_ALL_LEADS)):
        people = people.filter(Q(pk=user.pk) | Q(team__manager=user))
    return people.distinct().order_by("first_name", "last_name", "username")
