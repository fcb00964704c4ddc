"""Change requests for the page tests: one per state, and a signed-in reader."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from glossary.engine.documents import GlossaryDocument
from glossary.models import ChangeRequest, SignOff
from glossary.queries.proposals import proposal_of
from glossary.services.drafting import replace_draft
from glossary.services.emergency import declare_emergency
from people.models import User
from tests.glossary.amending import stage
from tests.glossary.governing import answered, approved, edited, opened, published, submitted

SIGNERS = ("cro", "cmo", "finance")


def rename(key: str, name: str) -> Any:
    """Renames a stage of a glossary."""

    def change(data: dict[str, Any]) -> None:
        stage(data, key)["name"] = name

    return change


def signers(cast: SimpleNamespace) -> dict[str, User]:
    """Everybody who must sign a change of the glossary."""
    return {role: getattr(cast, role) for role in SIGNERS}


def draft(cast: SimpleNamespace) -> ChangeRequest:
    request = opened("glossary", cast.revops, now=timezone.now())
    return edited(request, rename("mql", "Warm lead"), cast.revops, now=timezone.now())


def in_review(cast: SimpleNamespace, name: str = "Warm lead", key: str = "mql") -> ChangeRequest:
    return submitted("glossary", rename(key, name), cast.revops, now=timezone.now())


def ready(cast: SimpleNamespace, name: str = "Warm lead", key: str = "mql") -> ChangeRequest:
    return approved("glossary", rename(key, name), cast.revops, signers(cast), now=timezone.now())


def in_force(cast: SimpleNamespace, name: str = "Warm lead", key: str = "mql") -> ChangeRequest:
    return published("glossary", rename(key, name), cast.revops, signers(cast), now=timezone.now())


def conflicting(cast: SimpleNamespace) -> ChangeRequest:
    """In review, while another one renamed the same stage."""
    request = in_review(cast, "Warm lead")
    in_force(cast, "Hot lead")
    return request


def with_findings(cast: SimpleNamespace) -> ChangeRequest:
    """A draft whose stage names a KPI that there is not."""
    request = draft(cast)
    document = proposal_of(request, timezone.now()).proposed.document
    assert isinstance(document, GlossaryDocument)
    stages = (
        s.model_copy(update={"kpis": ("no_such_kpi",)}) if s.key == "mql" else s for s in document.stages
    )
    broken = document.model_copy(update={"stages": tuple(stages)})
    replace_draft(request.pk, broken, acting_user=cast.revops, now=timezone.now())
    return request


def emergency(cast: SimpleNamespace) -> ChangeRequest:
    """In force on the word of two, not ratified."""
    request = in_review(cast)
    request.refresh_from_db()
    declare_emergency(
        request.pk, "Leads are lost by the hour.", request.digest, acting_user=cast.revops, now=timezone.now()
    )
    for role, user in (("seat_1", cast.cro), ("seat_2", cast.cmo)):
        answered(request, role, user, now=timezone.now())
    request.refresh_from_db()
    return request


def signed_in(user: User, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content[:500]
    return " ".join(response.content.decode().split())


def form_of(text: str, action: str) -> dict[str, str]:
    """Hidden values of the first form on a page that posts to `action`."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', text, re.DOTALL)
    assert found, f"the page has no form to {action}"
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found.group())
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}


def answer_of(slot: SignOff, digest: str, verdict: str = "given", note: str = "") -> dict[str, str]:
    return {"signoff": str(slot.pk), "digest": digest, "verdict": verdict, "note": note}


LATER = timedelta(days=3)
