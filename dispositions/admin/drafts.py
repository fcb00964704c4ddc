"""Draft rows of the disposition reasons in the admin."""

from dataclasses import replace
from datetime import datetime

from django.contrib import admin

from dispositions.forms.drafts import ReasonCodeForm
from dispositions.models import ReasonCode
from glossary.admin.draft_base import DraftRowAdmin
from glossary.models import ChangeRequest
from glossary.queries.draft_names import Names, names_for
from routing.queries.draft_names import queues_in_force


def reason_names(request: ChangeRequest, now: datetime) -> Names:
    """Names for a draft of reasons: the queues in force among them."""
    return replace(names_for(request, now), more={"queues": queues_in_force(now)})


@admin.register(ReasonCode)
class ReasonCodeAdmin(DraftRowAdmin):
    """Reason codes."""

    form = ReasonCodeForm
    list_display = ["label", "key", "outcome", "action_do", "request"]
    list_filter = ["request", "outcome"]
    search_fields = ["label", "key"]

    def names(self, change: ChangeRequest, now: datetime) -> Names:
        return reason_names(change, now)
