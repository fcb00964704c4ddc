"""Tags and filters of every page: status badges, times in the reader's zone, spans, rates, pages of a list.

The words themselves are made in people/engine/words.py; docs/development/interface.md shows how they are used.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from people.engine.words import (
    NOTHING,
    as_seconds,
    duration_words,
    exact_words,
    number_words,
    rate_words,
    relative_words,
)

register = template.Library()


@dataclass(frozen=True)
class Status:
    """A clock's status: its word and the icon that carries it without colour."""

    word: str
    icon: str


STATUSES = {
    "on-time": Status("on time", "schedule"),
    "due-soon": Status("due soon", "hourglass_bottom"),
    "late": Status("late", "error"),
    "met": Status("met", "check_circle"),
    "met-late": Status("met late", "assignment_late"),
    "paused": Status("paused", "pause_circle"),
    "void": Status("void", "block"),
}
TONES = {
    "plain": "label",
    "good": "check_circle",
    "warn": "warning",
    "bad": "error",
    "info": "info",
}


@register.inclusion_tag("portal/tags/badge.html")
def status_badge(status: str, words: str = "") -> dict[str, str]:
    """A clock's status as word and icon. `status` is a key of STATUSES ('due_soon' and 'due soon' also work).

    Raises TemplateSyntaxError for any other status: a status without a word would be colour alone.
    """
    key = str(status).replace("_", "-").replace(" ", "-")
    if key not in STATUSES:
        message = f"status_badge got {status!r}; use one of {', '.join(STATUSES)}."
        raise template.TemplateSyntaxError(message)
    known = STATUSES[key]
    return {"kind": key, "icon": known.icon, "words": words or known.word}


@register.inclusion_tag("portal/tags/badge.html")
def badge(words: object, tone: str = "plain", icon: str = "") -> dict[str, str]:
    """Any other short word in a box. `tone` is plain, good, warn, bad or info; `icon` a symbol name."""
    if tone not in TONES:
        message = f"badge got the tone {tone!r}; use one of {', '.join(TONES)}."
        raise template.TemplateSyntaxError(message)
    return {"kind": tone, "icon": icon or ("" if tone == "plain" else TONES[tone]), "words": str(words)}


@register.filter
def when(instant: datetime | None) -> str:
    """Relative time with the exact instant in the reader's zone on hover; '–' for None."""
    if instant is None:
        return NOTHING
    local = timezone.localtime(instant)
    words = relative_words(instant, timezone.now())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact_words(local), words
    )


@register.filter
def exact(instant: datetime | None) -> str:
    """The instant in the reader's zone, with the zone's name; '–' for None."""
    if instant is None:
        return NOTHING
    local = timezone.localtime(instant)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), exact_words(local))


@register.filter
def duration(span: object) -> str:
    """Seconds or a timedelta in words; empty for anything else."""
    seconds = as_seconds(span)
    return "" if seconds is None else duration_words(seconds)


@register.filter
def rate(share: float | Decimal | None) -> str:
    """A share of 1 as '12.3 %'; '–' for None or ''."""
    return NOTHING if share is None or share == "" else rate_words(float(share))


@register.filter
def number(value: float | Decimal | None) -> str:
    """A number with thousands separators; '–' for None or ''."""
    return NOTHING if value is None or value == "" else number_words(value)


@register.inclusion_tag("portal/tags/share_bar.html")
def share_bar(share: float | Decimal | None, tone: str = "accent") -> dict[str, str]:
    """A horizontal bar as wide as `share` (0..1) of its box; drawn as SVG, so no inline style is needed."""
    width = min(max(float(share or 0), 0.0), 1.0) * 100
    return {"width": f"{width:.2f}", "tone": tone}


@register.inclusion_tag("portal/tags/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page: Page[Any], parameter: str = "page") -> dict[str, object]:
    """Previous, position, next; keeps the rest of the query string. `parameter` names the page's number."""
    request: HttpRequest = context["request"]

    def link(page_number: int) -> str:
        query = request.GET.copy()
        query[parameter] = str(page_number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
    }
