"""Opening a change request from a form: a double click, or the form sent again, opens one."""

from datetime import datetime, timedelta

from django.db import transaction

from glossary.choices import RequestState
from glossary.models import ChangeRequest
from glossary.services.drafting import Texts, change_texts
from glossary.services.opening import Proposal, open_request
from people.models import User

SAME_WITHIN = timedelta(minutes=15)


def open_once(
    proposal: Proposal, effective_at: datetime | None, *, acting_user: User, now: datetime
) -> ChangeRequest:
    """Open a change request with its effective date, or find the draft that the same words opened just now.

    Raises NotAllowed, RequestRefused: nothing is opened then.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=acting_user.pk)  # two clicks of one person queue up here
        same = ChangeRequest.objects.filter(
            author=acting_user,
            workstream=proposal.workstream,
            title=proposal.title.strip(),
            why=proposal.why.strip(),
            state=RequestState.DRAFT,
            opened_at__gt=now - SAME_WITHIN,
        ).first()
        if same is not None:
            return same
        request = open_request(proposal, acting_user=acting_user, now=now)
        if effective_at is None:
            return request
        texts = Texts(proposal.title, proposal.why, effective_at)
        return change_texts(request.pk, texts, acting_user=acting_user, now=now)
