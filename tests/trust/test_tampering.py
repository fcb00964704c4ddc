"""Row 10: somebody with the database in hand writes past the services; nothing unsigned goes in force.

Published rows by ORM and SQL: tests/glossary/test_forging.py has the single ones; here are the remaining ways, and
forged sign-offs and change requests.
"""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import ProtectedError
from pytest_django import Settings

from glossary.choices import RequestState
from glossary.engine import seal
from glossary.exceptions import ForgedPolicy, PolicyError
from glossary.models import ChangeRequest, PolicyVersion, SignOff
from glossary.models.append_only import AppendOnlyError
from glossary.queries.editions import edition_at, forget
from glossary.queries.standing import answer_seal
from glossary.registry.rows import write_rows
from glossary.services.publishing import publish_request
from glossary.services.submitting import submit
from glossary.types import EditionInForce
from people.models import User
from routing.engine.documents import ScoringDocument
from routing.models import ScoreThreshold
from tests.glossary.governing import answered, approved, edited, published, submitted
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds, breaches
from tests.trust.scene import a_change, add_schemers, signers

CHANGE = a_change("scoring", 1)


@pytest.fixture
def schemers(playbook: EditionInForce, cast: SimpleNamespace) -> SimpleNamespace:
    return add_schemers(cast)


def newest() -> PolicyVersion:
    version: PolicyVersion = PolicyVersion.objects.filter(workstream="scoring").latest("number")
    return version


def forged(content: str) -> str:
    changed = content.replace('"mql":66', '"mql":1')
    assert changed != content
    return changed


def by_update() -> None:
    PolicyVersion.objects.filter(pk=newest().pk).update(content=forged(newest().content))


def by_bulk_update() -> None:
    row = newest()
    row.content = forged(row.content)
    PolicyVersion.objects.bulk_update([row], ["content"])


def by_save() -> None:
    row = newest()
    row.content = forged(row.content)
    row.save()


def by_save_with_digest() -> None:
    row = newest()
    row.content = forged(row.content)
    row.content_digest = seal.digest(row.content)
    row.save(update_fields=["content", "content_digest"])


def by_upsert() -> None:
    row = newest()
    row.content = forged(row.content)
    PolicyVersion.objects.bulk_create(
        [row], update_conflicts=True, update_fields=["content"], unique_fields=["id"]
    )


def by_base_manager() -> None:
    PolicyVersion._base_manager.filter(pk=newest().pk).update(content=forged(newest().content))


def by_sql() -> None:
    with connection.cursor() as cursor:
        row = newest()
        cursor.execute(
            "UPDATE glossary_policyversion SET content = %s WHERE id = %s", [forged(row.content), row.pk]
        )


def by_delete() -> None:
    newest().delete()


WAYS = [
    by_update,
    by_bulk_update,
    by_save,
    by_save_with_digest,
    by_upsert,
    by_base_manager,
    by_sql,
    by_delete,
]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_in_force_does_not_change(
    schemers: SimpleNamespace, way: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    published("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    before = edition_at(NOW).document(ScoringDocument)
    refused = False
    try:
        way()
    except (AppendOnlyError, ProtectedError):
        refused = True

    # Then a running process goes on with what it verified
    assert edition_at(NOW).document(ScoringDocument) == before
    forget()
    if refused:
        assert edition_at(NOW).document(ScoringDocument) == before
        return
    # And a new one refuses the forged row, and alarms
    with caplog.at_level(logging.ERROR), pytest.raises(ForgedPolicy):
        edition_at(NOW)
    assert "Refused: " in caplog.text
    assert breaches(Look(NOW))


def test_control_without_signatures_the_forged_document_would_be_taken(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    published("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    by_sql()
    forget()
    monkeypatch.setattr("glossary.queries.editions.check_version", lambda version: None)
    assert edition_at(NOW).document(ScoringDocument).thresholds["mql"] == 1


# --- forged sign-offs: each deed makes the missing word of Finance out of what is there


def invented(request: ChangeRequest, people: SimpleNamespace) -> None:
    _finance(request).update(
        verdict="given", signer=people.finance, digest=request.digest, signature="0" * 64, decided_at=NOW
    )


def signed_with_another_key(request: ChangeRequest, people: SimpleNamespace) -> None:
    _finance(request).update(verdict="given", signer=people.finance, digest=request.digest, decided_at=NOW)
    row = _finance(request).get()
    key = "the forger's own key"
    _finance(request).update(signature=seal.sign(answer_seal(row), key), key_id=seal.key_id(key))


def inserted(request: ChangeRequest, people: SimpleNamespace) -> None:
    _finance(request).delete()
    row = SignOff.objects.get(request=request, role="cmo")
    row.pk, row.role, row.duty, row.signer = None, "finance", "validate", people.finance
    row.save(force_insert=True)


def moved_from_another_role(request: ChangeRequest, people: SimpleNamespace) -> None:
    _finance(request).delete()
    SignOff.objects.filter(request=request, role="cmo").update(role="finance", duty="validate")


def moved_from_another_request(request: ChangeRequest, people: SimpleNamespace) -> None:
    other = submitted("scoring", CHANGE, people.marketing_ops)
    answered(other, "finance", people.finance)
    _finance(request).delete()
    SignOff.objects.filter(request=other, role="finance").update(request=request)


def moved_from_an_earlier_round(request: ChangeRequest, people: SimpleNamespace) -> None:
    answered(request, "finance", people.finance)
    edited(request, a_change("scoring", 3), people.marketing_ops)
    edited(request, CHANGE, people.marketing_ops)
    from_before = SignOff.objects.filter(request=request, role="finance")
    again = resubmitted(request, people)
    _finance(again).filter(cycle=again.cycle).delete()
    from_before.update(cycle=again.cycle, voided_at=None)
    answered(again, "cmo", people.cmo)


def turned_round(request: ChangeRequest, people: SimpleNamespace) -> None:
    answered(request, "finance", people.finance, "changes")
    SignOff.objects.filter(request=request).update(voided_at=None)
    _finance(request).update(verdict="given")


def named_after_somebody_else(request: ChangeRequest, people: SimpleNamespace) -> None:
    answered(request, "finance", people.finance)
    User.objects.filter(pk=people.finance.pk).update(is_active=False)
    _finance(request).update(signer=people.omni)


def resubmitted(request: ChangeRequest, people: SimpleNamespace) -> ChangeRequest:
    return submit(request.pk, acting_user=people.marketing_ops, now=NOW)


def _finance(request: ChangeRequest):  # type: ignore[no-untyped-def]
    return SignOff.objects.filter(request=request, role="finance", voided_at=None)


FORGERIES = [
    invented,
    signed_with_another_key,
    inserted,
    moved_from_another_role,
    moved_from_another_request,
    moved_from_an_earlier_round,
    turned_round,
    named_after_somebody_else,
]


def half_signed(people: SimpleNamespace) -> ChangeRequest:
    request = submitted("scoring", CHANGE, people.marketing_ops)
    answered(request, "cmo", people.cmo)
    return request


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_sign_off_never_counts(
    schemers: SimpleNamespace, forgery: Callable[[ChangeRequest, SimpleNamespace], None]
) -> None:
    request = half_signed(schemers)
    forgery(request, schemers)
    ChangeRequest.objects.filter(pk=request.pk).update(state="approved")
    with pytest.raises(PolicyError):
        publish_request(request.pk, acting_user=schemers.marketing_ops, now=NOW)
    assert newest().number == 1
    assert_holds(Look(NOW))


@pytest.mark.parametrize("forgery", [invented, signed_with_another_key, moved_from_another_request])
def test_control_it_is_the_signature_that_protects(
    schemers: SimpleNamespace,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    forgery: Callable[[ChangeRequest, SimpleNamespace], None],
) -> None:
    request = half_signed(schemers)
    forgery(request, schemers)
    ChangeRequest.objects.filter(pk=request.pk).update(state="approved")
    monkeypatch.setattr("glossary.queries.standing.is_genuine", lambda signoff: True)
    monkeypatch.setattr("glossary.queries.standing.unmeasured", lambda signoff, content: "")
    publish_request(request.pk, acting_user=schemers.marketing_ops, now=NOW)
    assert any("not given through the application" in breach for breach in breaches(Look(NOW)))


# --- forged change requests


def content(request: ChangeRequest) -> dict[str, object]:
    return {"content": forged(request.content)}


def content_and_digest(request: ChangeRequest) -> dict[str, object]:
    return {"content": forged(request.content), "digest": seal.digest(forged(request.content))}


def garbage(request: ChangeRequest) -> dict[str, object]:
    return {"content": "no document", "digest": seal.digest("no document")}


def everything(request: ChangeRequest) -> dict[str, object]:
    ScoreThreshold.objects.filter(request=request, key="mql").update(score=1)
    return content_and_digest(request)


def rows_by_the_tool(request: ChangeRequest) -> dict[str, object]:
    write_rows(request, json.loads(forged(request.content)), user=None)
    return content_and_digest(request)


TEXTS: dict[str, dict[str, object]] = {
    "title": {"title": "Something harmless"},
    "reason": {"why": "Because everybody agreed."},
    "date": {"effective_at": NOW + timedelta(days=1)},
}


@pytest.mark.parametrize("forgery", [content, content_and_digest, garbage, everything, rows_by_the_tool])
def test_a_forged_change_request_never_publishes(
    schemers: SimpleNamespace, forgery: Callable[[ChangeRequest], dict[str, object]]
) -> None:
    request = approved("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    ChangeRequest.objects.filter(pk=request.pk).update(**forgery(request))
    with pytest.raises(PolicyError):
        publish_request(request.pk, acting_user=schemers.marketing_ops, now=NOW)
    assert newest().number == 1
    assert_holds(Look(NOW))


@pytest.mark.parametrize("what", ["title", "reason", "date"])
def test_words_that_nobody_signed_never_publish(schemers: SimpleNamespace, what: str) -> None:
    request = approved("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    ChangeRequest.objects.filter(pk=request.pk).update(**TEXTS[what])
    with pytest.raises(PolicyError, match="not for this title, reason and date"):
        publish_request(request.pk, acting_user=schemers.marketing_ops, now=NOW)
    assert newest().number == 1
    assert_holds(Look(NOW))


@pytest.mark.parametrize("state", ["draft", "in_review", "rejected", "withdrawn"])
def test_a_state_alone_publishes_nothing(schemers: SimpleNamespace, state: str) -> None:
    request = half_signed(schemers)
    ChangeRequest.objects.filter(pk=request.pk).update(state=state)
    ChangeRequest.objects.filter(pk=request.pk).update(state="scheduled", effective_at=NOW)
    with pytest.raises(PolicyError):
        publish_request(request.pk, acting_user=None, now=NOW)
    assert newest().number == 1


def test_an_old_approval_is_not_used_again(schemers: SimpleNamespace) -> None:
    """Version 2 was gone back on; its request, dressed up as approved on top of that, needs new sign-offs."""
    first = published("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))

    def back(data: dict[str, dict[str, float]]) -> None:
        data["thresholds"]["mql"] = 65

    published("scoring", back, schemers.marketing_ops, signers(schemers, "scoring"))
    ChangeRequest.objects.filter(pk=first.pk).update(
        state="approved", version=None, closed_at=None, base_number=3
    )
    with pytest.raises(PolicyError):
        publish_request(first.pk, acting_user=schemers.marketing_ops, now=NOW)
    assert newest().number == 3
    assert ChangeRequest.objects.get(pk=first.pk).state == RequestState.IN_REVIEW
