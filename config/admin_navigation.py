"""The sidebar of /admin/: the registered models by subject, as far as the person may see them, and the way back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from people.models import User

PEOPLE, QUEUES, LEADS, POLICIES, NOTICES = (
    "People",
    "Queues & routing",
    "Leads & log",
    "Policies",
    "Notifications",
)
OTHER = "Other"
# Where a model stands; a model not named here stands with its app.
MODEL_GROUPS = {
    f"routing.{name}": QUEUES
    for name in (
        "pool",
        "queuemember",
        "namedaccount",
        "businesscalendar",
        "calendarrevision",
        "assignment",
        "routingerror",
    )
}
APP_GROUPS = {
    "people": PEOPLE,
    "auth": PEOPLE,
    "routing": LEADS,
    "glossary": POLICIES,
    "dispositions": LEADS,
    "reporting": POLICIES,
    "notifications": NOTICES,
}
ICONS = {
    PEOPLE: "person",
    QUEUES: "alt_route",
    LEADS: "contacts",
    POLICIES: "policy",
    NOTICES: "mail",
    OTHER: "dataset",
}


def admin_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of the admin's sidebar for the person of this request; empty for people without access."""
    back = {"title": "", "items": [_item("Back to the portal", reverse("home"), "arrow_back")]}
    if not isinstance(request.user, User) or not request.user.is_staff:
        return [back]
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in ICONS}
    for app in admin.site.get_app_list(request):
        for model in app["models"]:
            if not model["admin_url"]:
                continue
            group = group_of(f"{app['app_label']}.{model['object_name'].lower()}")
            groups[group].append(_item(str(model["name"]), model["admin_url"], ICONS[group]))
    filled = [{"title": name, "items": items} for name, items in groups.items() if items]
    return [back, *filled]


def group_of(label: str) -> str:
    """The group of a model by its label, e.g. 'routing.pool'."""
    return MODEL_GROUPS.get(label) or APP_GROUPS.get(label.partition(".")[0], OTHER)


def _item(title: str, link: str, icon: str) -> dict[str, Any]:
    return {"title": title, "link": link, "icon": icon, **({"active": False} if link == "/" else {})}
