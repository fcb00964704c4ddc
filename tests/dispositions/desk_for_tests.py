"""Short cuts that the tests of the desk share."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from dispositions.choices import DispositionKind
from dispositions.models import ActionItem, Disposition
from dispositions.services.decide import decide
from dispositions.types import Decision
from people.models import User
from routing.models import Lead
from tests.routing.leads_for_tests import minutes, owned_mql, step
from tests.support import NOW

LATER = NOW + minutes(10)
OTHER: dict[str, Any] = {
    "email": "carla.conti@corp.example",
    "first_name": "Carla",
    "last_name": "Conti",
    "company": "Corp Works",
}


def decided(
    lead: Lead, kind: DispositionKind, user: User, now: datetime = LATER, **values: Any
) -> Disposition:
    """A decision with a fresh token unless one is given."""
    token = values.pop("token", None) or uuid4()
    assert isinstance(token, UUID)
    decision = Decision(token=token, **values)
    return decide(lead.pk, kind, decision, acting_user=user, now=now)


def recycled(lead: Lead, reason: str, user: User, **values: Any) -> ActionItem:
    """A recycling, and the action that follows."""
    return ActionItem.objects.get(
        disposition=decided(lead, DispositionKind.RECYCLE, user, reason=reason, **values)
    )


def owned_sal(owner: User, **values: Any) -> Lead:
    """A lead that `owner` accepted."""
    lead = owned_mql(owner, **values)
    step(lead, "sal", owner, NOW + minutes(5))
    lead.refresh_from_db()
    return lead


def submit(client: Client, lead: Lead, act: str, **values: Any) -> Any:
    """Post a form as the page renders it: its hidden fields, plus what is entered."""
    path = f"/desk/leads/{lead.pk}/"
    hidden = hidden_fields(client.get(path, {"act": act}).content.decode(), f"{path}{act}/")
    return client.post(f"{path}{act}/", {**hidden, **values})


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """Names and values of the hidden fields of the form with this address; empty when there is no such form."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0]) if found else []
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}
