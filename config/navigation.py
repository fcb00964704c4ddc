"""What the sidebars offer, to whom: the portal by role, the admin by subject.

An entry whose address does not exist is left out, so that a missing room never breaks a page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from people.access import enters_admin
from people.choices import REPS, RUNS_OPERATIONS, SEES_ALL_LEADS, Role
from people.models import User

MANAGERS = frozenset({Role.SALES_MANAGER})


@dataclass(frozen=True)
class Entry:
    """One line of a sidebar. `roles` empty = everyone; `staff` = only people who may enter the admin."""

    title: str
    url_name: str
    icon: str
    roles: frozenset[Role] = frozenset()
    staff: bool = False


@dataclass(frozen=True)
class Group:
    """A titled run of entries."""

    title: str
    entries: tuple[Entry, ...]


PORTAL = (
    Group(
        "",
        (
            Entry("Desk", "desk", "inbox_customize", REPS | MANAGERS | RUNS_OPERATIONS),
            Entry("Team", "team", "groups", MANAGERS | RUNS_OPERATIONS),
            Entry("Inbox", "inbox", "notifications"),
        ),
    ),
    Group(
        "Leads",
        (
            Entry("Leads", "leads", "contacts", SEES_ALL_LEADS | MANAGERS | REPS),
            Entry("Import", "import_list", "upload_file", RUNS_OPERATIONS),
            Entry("Quarantine", "quarantine", "report", RUNS_OPERATIONS),
        ),
    ),
    Group(
        "What we agreed",
        (
            Entry("Changes", "changes", "rule"),
            Entry("Glossary", "glossary", "menu_book"),
            Entry("RACI", "raci", "groups_2"),
            Entry("Change log", "changelog", "history"),
            Entry("Reports", "reports", "monitoring"),
        ),
    ),
    Group("Administration", (Entry("Admin", "admin:index", "settings", staff=True),)),
)


def portal_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The portal's sidebar for the person of this request; the entry being read is marked active."""
    user = request.user
    if not isinstance(user, User):
        return []
    groups = [(group.title, list(_offered(group.entries, user))) for group in PORTAL]
    here = _current([link for _, offered in groups for _, link in offered], request.path)
    return [
        {
            "title": title,
            "items": [
                {"title": entry.title, "icon": entry.icon, "link": link, "active": link == here}
                for entry, link in offered
            ],
        }
        for title, offered in groups
    ]


def _offered(entries: Iterable[Entry], user: User) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        link = address(entry.url_name)
        if link is not None and may_see(entry, user):
            yield entry, link


def _current(links: Iterable[str], path: str) -> str:
    """The longest link that leads to `path` or above it: on /leads/import/ not also /leads/; '' for none."""
    return max((link for link in links if path.startswith(link)), key=len, default="")


def may_see(entry: Entry, user: User) -> bool:
    """Whether this entry is of use to this person; the page itself checks permission again."""
    if entry.staff and not enters_admin(user):
        return False
    return not entry.roles or user.is_superuser or user.has_role(*entry.roles)


def address(url_name: str) -> str | None:
    """Path of a named page, None where no such page exists."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None
