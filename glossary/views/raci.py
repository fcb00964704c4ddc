"""The RACI board: who does what in which workstream, from the charter in force, with the gaps there are."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.choices import Workstream
from glossary.engine.charter import CharterDocument
from glossary.queries.editions import edition_at
from glossary.queries.raci import board
from glossary.queries.rights import may_propose
from people.models import User


@require_safe
def raci(request: HttpRequest) -> HttpResponse:
    """The matrix of roles and workstreams, and each workstream in words."""
    now = timezone.now()
    edition = edition_at(now)
    context = {
        "board": board(edition),
        "workstreams": Workstream.choices,
        "charter": edition.document(CharterDocument),
        "version": edition.versions[Workstream.CHARTER],
        "may_propose": may_propose(cast("User", request.user), Workstream.CHARTER, now),
    }
    return render(request, "glossary/raci.html", context)
