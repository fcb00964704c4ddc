"""Who asks, when, and under which policies: what every page of the desk begins with."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from dispositions.forms.base import Setting
from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from people.choices import REPS, RUNS_OPERATIONS, Role
from people.models import User
from routing.models import Lead

DESK_ROLES = (*REPS, Role.SALES_MANAGER, *RUNS_OPERATIONS)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: the person, the moment, the edition in force."""

    request: HttpRequest
    user: User
    now: datetime
    edition: EditionInForce

    @property
    def today(self) -> date:
        """The date where the person is."""
        return timezone.localtime(self.now).date()

    def lead(self, lead_id: int) -> Lead:
        """The lead, if the person may see it; else it is not there (404)."""
        visible = Lead.objects.visible_to(self.user).select_related("owner__team", "merged_into")
        return get_object_or_404(visible, pk=lead_id)

    def setting(self, lead: Lead) -> Setting:
        """What a form of this lead needs."""
        return Setting(lead, self.user, self.edition, self.today)


def asking(request: HttpRequest) -> Asking:
    """The person who asks, at this moment."""
    if not isinstance(request.user, User):  # LoginRequiredMiddleware lets nobody else through
        raise PermissionDenied("Sign in first.")
    now = timezone.now()
    return Asking(request, request.user, now, edition_at(now))
