"""Opening a change request from a form: a double click, or the form sent again, opens one."""

from datetime import datetime, timedelta

from django.db import transaction

from glossary import registry
from glossary.choices import RequestState
from glossary.engine.seal import canonical_json, digest
from glossary.models import ChangeRequest
from glossary.queries.editions import edition_at
from glossary.services.drafting import Texts, change_texts, rows_digest
from glossary.services.opening import Proposal, open_request
from people.models import User

SAME_WITHIN = timedelta(minutes=15)


def open_once(
    proposal: Proposal, effective_at: datetime | None, *, acting_user: User, now: datetime
) -> ChangeRequest:
    """Open a change request with its effective date, or find the draft that the same form opened just now.

    Raises NotAllowed, RequestRefused: nothing is opened then.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=acting_user.pk)  # two clicks of one person queue up here
        alike = ChangeRequest.objects.filter(
            author=acting_user,
            workstream=proposal.workstream,
            title=proposal.title.strip(),
            why=proposal.why.strip(),
            effective_at=effective_at,
            state=RequestState.DRAFT,
            opened_at__gt=now - SAME_WITHIN,
        )
        for request in alike:
            if _says(request, proposal, now):
                return request
        request = open_request(proposal, acting_user=acting_user, now=now)
        if effective_at is None:
            return request
        texts = Texts(proposal.title, proposal.why, effective_at)
        return change_texts(request.pk, texts, acting_user=acting_user, now=now)


def _says(request: ChangeRequest, proposal: Proposal, now: datetime) -> bool:
    """Whether the draft says what is proposed, from the same version: the words alone may be those of another."""
    edition = edition_at(now)
    live = edition.document(registry.document_type(request.workstream).document_class)
    wanted = digest(canonical_json(proposal.document or live))
    base = proposal.base_number or edition.versions[request.workstream]
    return request.base_number == base and rows_digest(request) == wanted
