"""One's own account: who I am here, which roles I hold, where I am."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from people import services
from people.choices import Role
from people.forms import AccountForm
from people.models import User


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """The account page; a POST changes the time zone. LoginRequiredMiddleware lets only people in."""
    user = request.user
    if not isinstance(user, User):
        return redirect("portal:login")
    form = AccountForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.change_time_zone(form.cleaned_data["time_zone"], acting_user=user)
        messages.success(request, f"Times are now shown in {user.time_zone}.")
        return redirect("me")
    roles = [role.label for role in Role if role in user.role_keys]
    return render(request, "people/me.html", {"form": form, "roles": roles})
