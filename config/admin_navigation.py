"""The sidebar of /admin/: the registered models by subject, as far as the person may see them, and the way back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from glossary.queries.draft_names import about, draft_models
from people.access import enters_admin
from people.models import User

PEOPLE, QUEUES, LEADS, POLICIES, DRAFTS, NOTICES = (
    "People",
    "Queues & routing",
    "Leads & log",
    "Policies",
    "Drafts",
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
# In the order of the sidebar.
ICONS = {
    POLICIES: "policy",
    DRAFTS: "edit_note",
    QUEUES: "alt_route",
    LEADS: "contacts",
    PEOPLE: "person",
    NOTICES: "mail",
    OTHER: "dataset",
}


def admin_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of the admin's sidebar for the person of this request; empty for people without access."""
    back = {"title": "", "items": [_item("Back to the portal", reverse("home"), "arrow_back")]}
    if not isinstance(request.user, User) or not enters_admin(request.user):
        return [back]
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in ICONS}
    for app in admin.site.get_app_list(request):
        for model in app["models"]:
            if not model["admin_url"]:
                continue
            group = group_of(f"{app['app_label']}.{model['object_name'].lower()}")
            groups[group].append(_item(str(model["name"]), model["admin_url"], ICONS[group]))
    # Drafts are reached from their change request; the long list of their tables stays folded.
    filled = [
        {"title": name, "items": items, "collapsible": name == DRAFTS}
        for name, items in groups.items()
        if items
    ]
    return [back, *filled]


def group_of(label: str) -> str:
    """The group of a model by its label, e.g. 'routing.pool'; rows of drafts stand together, whatever their app."""
    if label in {about(model).label_lower for model in draft_models()}:
        return DRAFTS
    return MODEL_GROUPS.get(label) or APP_GROUPS.get(label.partition(".")[0], OTHER)


def _item(title: str, link: str, icon: str) -> dict[str, Any]:
    return {"title": title, "link": link, "icon": icon, **({"active": False} if link == "/" else {})}
