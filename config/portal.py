"""The two sites of one look: `/admin/` for RevOps and administrators, the portal for everyone.

The portal is an unfold admin site without models. Views of the apps stay plain Django views: the middleware
and the context processor here give them the portal's navigation and theme. Sign-in itself is enforced by
Django's LoginRequiredMiddleware.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm as PlainAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm
from unfold.sites import UnfoldAdminSite

from config.navigation import address
from notifications.queries import unread_count
from people.access import enters_admin
from people.models import User

PORTAL_PREFIXES_EXCLUDED = ("/admin/", "/static/")


class PortalAuthenticationForm(UnfoldAuthenticationForm):
    """Unfold's sign-in form without its staff check: everyone with an active account may enter the portal."""

    def confirm_login_allowed(self, user: Any) -> None:
        PlainAuthenticationForm.confirm_login_allowed(self, user)


class GovernanceAuthenticationForm(UnfoldAuthenticationForm):
    """Sign-in to the admin: for whoever may enter it, which is more people than Django's staff."""

    def confirm_login_allowed(self, user: Any) -> None:
        PlainAuthenticationForm.confirm_login_allowed(self, user)
        if not enters_admin(user):
            raise ValidationError(
                "This account does not work in the administration. Sign in on the start page instead.",
                code="invalid_login",
            )


class GovernanceSite(UnfoldAdminSite):
    """The admin: drafts, people, queues, calendars, settings.

    Whoever works here by role enters; what they may do inside, each model decides.
    """

    site_header = "Concord"
    site_title = "Concord admin"
    index_title = "Administration"
    login_form = GovernanceAuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and enters_admin(request.user)


class PortalSite(UnfoldAdminSite):
    """The site of reps, managers, approvers and readers."""

    settings_name = "UNFOLD_PORTAL"
    login_form = PortalAuthenticationForm
    password_change_template = "people/password_change.html"  # noqa: S105  (a path)
    password_change_done_template = "people/password_change_done.html"  # noqa: S105  (a path)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_authenticated

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is no dashboard of models here: `/account/` leads to the person's own start page."""
        return redirect("home")


portal = PortalSite(name="portal")


class PortalMiddleware:
    """Marks portal requests, so that unfold's templates resolve links within the portal; never cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_portal = not request.path_info.startswith(PORTAL_PREFIXES_EXCLUDED)
        if in_portal:
            request.current_app = portal.name  # read by Django's url tag
        response = self.get_response(request)
        if in_portal:
            add_never_cache_headers(response)
        return response


def portal_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the site's navigation and theme for pages outside the admin's own views.

    Kept on the request: a page made of several templates runs this once for each of them.
    """
    if getattr(request, "current_app", "") != portal.name:
        return {}
    kept: dict[str, Any] | None = getattr(request, "portal_context", None)
    if kept is None:
        inbox = address("inbox")
        unread = unread_count(request.user) if inbox else 0
        kept = {**portal.each_context(request), "inbox_link": inbox, "inbox_unread": unread}
        request.portal_context = kept  # type: ignore[attr-defined]  # ours, for this request only
    return kept


admin.site.enable_nav_sidebar = True
