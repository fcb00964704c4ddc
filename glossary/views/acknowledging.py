"""Saying that one has read a version."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from glossary.exceptions import NotAllowed
from glossary.models import PolicyVersion
from glossary.services import acknowledging
from people.models import User


@require_POST
def acknowledge(request: HttpRequest, workstream: str, number: int) -> HttpResponse:
    """Note that the person has read a version; 403 for who was not asked. A second click changes nothing."""
    version = get_object_or_404(PolicyVersion.objects.only("pk"), workstream=workstream, number=number)
    try:
        acknowledging.acknowledge(version.pk, acting_user=cast("User", request.user), now=timezone.now())
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    messages.success(request, "Thank you. It is noted that you have read this version.")
    return redirect("changelog_version", workstream, number)
