"""The in-app inbox: a list, and marking as read by POST."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from notifications.queries import inbox_of, unread_count
from notifications.services.inbox import mark_read
from people.models import User

PER_PAGE = 50


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):  # LoginRequiredMiddleware lets nobody else through
        raise Http404
    return request.user


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages of the person who asks, newest first."""
    user = _person(request)
    page = Paginator(inbox_of(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page, "unread": unread_count(user)})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    mark_read(None, acting_user=_person(request), now=timezone.now())
    return redirect("inbox")


@require_POST
def read_one(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one message as read and go to the page it is about; somebody else's is a 404."""
    user = _person(request)
    message = inbox_of(user).filter(pk=notification_id).first()
    if message is None:
        raise Http404
    mark_read([message.pk], acting_user=user, now=timezone.now())
    if request.POST.get("follow") and message.url.startswith("/") and not message.url.startswith("//"):
        return redirect(message.url)
    return redirect("inbox")


def unread_badge(request: HttpRequest) -> str:
    """The number beside the inbox in the sidebar; empty when there is nothing unread."""
    count = unread_count(request.user)
    return str(count) if count else ""
