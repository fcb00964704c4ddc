"""The glossary: all stages on one page, and one stage. What is in force, or an older version under a banner."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.choices import Workstream
from glossary.engine.charter import CharterDocument
from glossary.engine.documents import GlossaryDocument, StageKind
from glossary.engine.picture import draw
from glossary.exceptions import NoPolicyInForce
from glossary.models import PolicyVersion
from glossary.queries.changelog import state_of
from glossary.queries.editions import edition_at, edition_with
from glossary.queries.raci import who_may_change
from glossary.queries.rights import may_propose
from glossary.queries.stage_history import stage_history
from glossary.queries.terms import terms
from glossary.registry.counters import stage_counts
from glossary.types import EditionInForce
from people.models import User

HISTORY = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What is being read.

    Attributes:
        number: version of the glossary.
        older: that version, when it is not the one in force; None = the one in force is read.
        superseded: the version that came after an older one; None = the one in force is read.
    """

    edition: EditionInForce
    in_force: EditionInForce
    number: int
    older: PolicyVersion | None = None
    superseded: PolicyVersion | None = None
    state: str = "in force"

    @property
    def now_number(self) -> int:
        """Version of the glossary that is in force."""
        return self.in_force.versions[Workstream.GLOSSARY]


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The whole glossary on one page; `?version=` reads an older one."""
    reading = _reading(request)
    document = reading.edition.document(GlossaryDocument)
    counts = None if reading.older else stage_counts(cast("User", request.user))
    found = terms(reading.edition)
    context = {
        **_about(request, reading),
        "terms": found,
        "fields": document.fields,
        "picture": draw(document, counts),
        "counts": counts,
        "ways": [(term, counts.get(term.stage.key, 0) if counts is not None else None) for term in found],
        "detour": StageKind.DETOUR,
    }
    return render(request, "glossary/glossary.html", context)


@require_safe
def stage(request: HttpRequest, stage: str) -> HttpResponse:
    """One stage; `?version=` reads it as it was. 404 when that glossary has no such stage."""
    reading = _reading(request)
    found = [term for term in terms(reading.edition) if term.stage.key == stage]
    if not found:
        raise Http404(f"Version {reading.number} of the glossary has no such stage.")
    counts = None if reading.older else stage_counts(cast("User", request.user))
    history = stage_history(stage, HISTORY + 1)
    context = {
        **_about(request, reading),
        "term": found[0],
        "count": None if counts is None else counts.get(stage, 0),
        "history": history[:HISTORY],
        "has_more_history": len(history) > HISTORY,
    }
    return render(request, "glossary/stage.html", context)


def _about(request: HttpRequest, reading: Reading) -> dict[str, object]:
    now = timezone.now()
    return {
        "reading": reading,
        "edition": reading.edition,
        "version": reading.number,
        "who": who_may_change(reading.edition.document(CharterDocument), Workstream.GLOSSARY),
        "may_propose": may_propose(cast("User", request.user), Workstream.GLOSSARY, now),
    }


def _reading(request: HttpRequest) -> Reading:
    """What `?version=` asks for; for a version that there is not, the one in force with a message."""
    now = timezone.now()
    in_force = edition_at(now)
    current = in_force.versions[Workstream.GLOSSARY]
    wanted = request.GET.get("version", "")
    if not wanted or wanted == str(current):
        return Reading(in_force, in_force, current)
    line = PolicyVersion.objects.defer("content").filter(workstream=Workstream.GLOSSARY)
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 0
    found = {version.number: version for version in line.filter(number__in=[number, number + 1])}
    try:
        edition = edition_with(Workstream.GLOSSARY, number, last=True)
        older = found[number]
    except (NoPolicyInForce, KeyError):
        messages.warning(
            request,
            f"There is no version {wanted[:20]} of the glossary. This is version {current}, which is in force.",
        )
        return Reading(in_force, in_force, current)
    return Reading(edition, in_force, number, older, found.get(number + 1), state_of(older, in_force, now))
