"""`{% unread_count %}`: how many messages the person who looks has not read."""

from typing import Any

from django import template

from notifications import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_count(context: dict[str, Any]) -> int:
    """Unread messages of the request's user; 0 without one."""
    request = context.get("request")
    return queries.unread_count(request.user) if request is not None else 0
