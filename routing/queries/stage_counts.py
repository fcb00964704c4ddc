"""How many leads are in each stage, for the picture of the lifecycle."""

from collections.abc import Mapping

from django.db.models import Count

from people.models import User
from routing.models import Lead


def count_by_stage(user: User) -> Mapping[str, int]:
    """Leads that `user` may see, by key of their stage; one query. Merged ones count in their survivor."""
    seen = Lead.objects.visible_to(user).standing().order_by()
    return dict(seen.values_list("stage").annotate(leads=Count("pk")))
