"""The change log as an Atom feed, with the filters of the page. Like every page it needs a sign-in."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from glossary.forms.version_filter import VersionFilter
from glossary.queries import changelog as log
from glossary.queries.compare import words_of_each
from glossary.queries.editions import edition_at

NEWEST = 20
FORGED = (
    "This version does not match its seal, so what it says is not shown. Tell RevOps or the administrator."
)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest versions that the filters of the address let through."""
    now = timezone.now()
    in_force = edition_at(now)
    found = VersionFilter(request.GET, queryset=log.versions_of(), edition=in_force).qs[:NEWEST]
    lines = log.log_lines(found, in_force, now)
    changes = words_of_each([line.version for line in lines])
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    atom = Atom1Feed(
        title="Concord: change log",
        link=_absolute(reverse("changelog") + query),
        description="Every version of every policy: what changed, when, why and by whom.",
        language="en",
        feed_url=_absolute(request.path + query),
    )
    for line in lines:
        _add(atom, line, changes.get(line.version.pk))
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)


def _add(atom: Atom1Feed, line: log.LogLine, changed: tuple[str, ...] | None) -> None:
    version = line.version
    name = f"{version.get_workstream_display()} v{version.number}"
    is_told = line.genuine and changed is not None
    atom.add_item(
        title=f"{name}: {version.title}" if is_told else f"{name} does not match its seal",
        link=_absolute(reverse("changelog_version", args=[version.workstream, version.number])),
        description="\n".join([version.why, *(changed or ())]) if is_told else FORGED,
        unique_id=uuid.uuid5(uuid.NAMESPACE_OID, version.seal).urn,
        pubdate=version.published_at,
        updateddate=version.published_at,
        author_name=line.story.author or version.published_by_name,
        categories=[version.get_workstream_display()],
    )


def _absolute(path: str) -> str:
    """Readers of a feed open its links elsewhere, so they carry the site's own address."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"
