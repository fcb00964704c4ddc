"""The part of the lead's page that explains its scores, now or as of an earlier moment."""

from datetime import datetime
from typing import Any

from django.http import QueryDict

from glossary.exceptions import NoPolicyInForce
from routing.forms.score_as_of import ScoreAsOfForm
from routing.models import Lead
from routing.queries.score_at import score_at


def score_part(lead: Lead, query: QueryDict, now: datetime) -> dict[str, Any]:
    """What the template shows: the form, and the score or why there is none."""
    form = ScoreAsOfForm({"as_of": query.get("as_of", "")}, latest=now)
    context: dict[str, Any] = {"score_form": form, "score": None, "score_why_not": ""}
    if not form.is_valid():
        return context
    try:
        context["score"] = score_at(lead, form.cleaned_data["as_of"])
    except NoPolicyInForce:
        context["score_why_not"] = "No policy was in force then, so nothing was scored."
    else:
        if context["score"] is None:
            context["score_why_not"] = "Concord did not know of this lead then."
    return context
