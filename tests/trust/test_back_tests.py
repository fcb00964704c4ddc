"""Row 8, the back-test: Finance's word counts only on a finished back-test of exactly what is published.

Each deed makes a change of the scoring look measured when it was not; none goes in force. Then the same with the
binding off: the oracle must notice.
"""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from glossary.choices import RequestState
from glossary.exceptions import PublishRefused, RequestRefused
from glossary.models import BackTest, ChangeRequest, PolicyVersion, SignOff
from glossary.queries.standing import answer_seal, is_genuine
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.types import EditionInForce
from tests.glossary.governing import (
    all_computed,
    answered,
    approved,
    measured,
    put_in_force_as_emergency,
    slot,
    submitted,
)
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds, breaches
from tests.trust.scene import a_change, add_schemers, signers

CHANGE = a_change("scoring", 1)


@pytest.fixture
def people(playbook: EditionInForce, cast: SimpleNamespace) -> SimpleNamespace:
    return add_schemers(cast)


def ready(people: SimpleNamespace, number: int = 1) -> ChangeRequest:
    """A change of the scoring that everybody has signed."""
    return approved("scoring", a_change("scoring", number), people.marketing_ops, signers(people, "scoring"))


def validate(request: ChangeRequest, people: SimpleNamespace) -> SignOff:
    """Finance validates, whether it was measured or not."""
    answer = Answer(slot(request, "finance").pk, "given", request.digest, "Looks good.")
    return sign(answer, acting_user=people.finance, now=NOW)


def unbound(patch: pytest.MonkeyPatch) -> None:
    """What the release before back-tests did: no validation rests on anything."""
    patch.setattr("glossary.services.signing._evidence", lambda *args: None)
    patch.setattr("glossary.queries.standing.unmeasured", lambda *args: "")
    patch.setattr("glossary.services.signing.unmeasured", lambda *args: "")


def publish(request: ChangeRequest, people: SimpleNamespace) -> ChangeRequest:
    return publish_request(request.pk, acting_user=people.marketing_ops, now=NOW)


def newest() -> int:
    return PolicyVersion.objects.filter(workstream="scoring").count()


def sql(text: str, *values: int | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))


def test_without_a_finished_one_nothing_is_validated_or_published(people: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, people.marketing_ops)
    answered(request, "cmo", people.cmo)
    with pytest.raises(RequestRefused, match="There is no finished back-test of exactly this content"):
        validate(request, people)
    assert slot(request, "finance").verdict == ""
    ChangeRequest.objects.filter(pk=request.pk).update(state="approved")
    with pytest.raises(PublishRefused, match=r"Finance \(validate\) has not signed"):
        publish(request, people)
    assert_holds(Look(NOW))


def test_control_with_the_binding_off_it_ships_and_the_oracle_notices(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbound(monkeypatch)
    request = submitted("scoring", CHANGE, people.marketing_ops)
    answered(request, "cmo", people.cmo)
    validate(request, people)
    publish(request, people)
    assert newest() == 2
    assert any("names no back-test" in breach for breach in breaches(Look(NOW)))


# --- deeds on the rows of a validated change


def another_one_named(request: ChangeRequest, people: SimpleNamespace) -> None:
    other = measured(submitted("scoring", a_change("scoring", 3), people.marketing_ops))
    sql("UPDATE glossary_signoff SET back_test_id = %s WHERE role = 'finance'", other.pk)


def none_named(request: ChangeRequest, people: SimpleNamespace) -> None:
    sql("UPDATE glossary_signoff SET back_test_id = NULL WHERE role = 'finance'")


def of_another_content(request: ChangeRequest, people: SimpleNamespace) -> None:
    sql("UPDATE glossary_backtest SET digest = %s", "0" * 64)


def another_result(request: ChangeRequest, people: SimpleNamespace) -> None:
    BackTest.objects.update(result={"stages": []})


def never_done(request: ChangeRequest, people: SimpleNamespace) -> None:
    sql("UPDATE glossary_backtest SET state = 'failed'")


def of_another_base(request: ChangeRequest, people: SimpleNamespace) -> None:
    sql("UPDATE glossary_backtest SET scoring_before = 7")


def of_another_request(request: ChangeRequest, people: SimpleNamespace) -> None:
    other = submitted("scoring", a_change("scoring", 3), people.marketing_ops)
    BackTest.objects.filter(request=request).update(request=other)


DEEDS = [
    another_one_named,
    none_named,
    of_another_content,
    another_result,
    never_done,
    of_another_base,
    of_another_request,
]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_validation_that_rests_on_something_else_does_not_count(
    people: SimpleNamespace, deed: Callable[[ChangeRequest, SimpleNamespace], None]
) -> None:
    request = ready(people)
    deed(request, people)
    with pytest.raises(PublishRefused, match=r"Finance \(validate\): "):
        publish(request, people)
    # Then Finance alone is asked again, in the same round, and what they say counts
    request.refresh_from_db()
    assert (newest(), request.state) == (1, RequestState.IN_REVIEW)
    assert (slot(request, "finance").verdict, slot(request, "cmo").verdict) == ("", "given")
    assert_holds(Look(NOW))
    answered(request, "finance", people.finance)
    assert publish(request, people).state == RequestState.PUBLISHED
    assert_holds(Look(NOW))


@pytest.mark.parametrize("deed", [of_another_content, never_done, of_another_base, of_another_request])
def test_control_it_is_the_binding_that_protects(
    people: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[ChangeRequest, SimpleNamespace], None],
) -> None:
    request = ready(people)
    deed(request, people)
    monkeypatch.setattr("glossary.queries.standing.unmeasured", lambda *args: "")
    monkeypatch.setattr("glossary.queries.standing.is_genuine", lambda signoff: True)
    publish(request, people)
    assert any("rests on back-test" in breach for breach in breaches(Look(NOW)))


@pytest.mark.parametrize("deed", [another_one_named, none_named, another_result])
def test_control_it_is_the_seal_that_names_it(
    people: SimpleNamespace, deed: Callable[[ChangeRequest, SimpleNamespace], None]
) -> None:
    request = ready(people)
    assert is_genuine(slot(request, "finance"))
    deed(request, people)
    assert not is_genuine(slot(request, "finance"))
    assert is_genuine(slot(request, "cmo"))


def test_the_database_lets_nothing_be_done_without_a_result(people: SimpleNamespace) -> None:
    row = measured(submitted("scoring", CHANGE, people.marketing_ops))
    with pytest.raises(IntegrityError), transaction.atomic():
        BackTest.objects.filter(pk=row.pk).update(result=None)
    assert BackTest.objects.get().result


# --- sign-offs from before there were back-tests


def validated_before(people: SimpleNamespace, patch: pytest.MonkeyPatch) -> ChangeRequest:
    """Everybody has signed, as the release before did it."""
    request = submitted("scoring", CHANGE, people.marketing_ops)
    with patch.context() as before:
        unbound(before)
        answered(request, "cmo", people.cmo)
        validate(request, people)
    BackTest.objects.all().delete()
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED
    return request


def test_an_open_request_asks_finance_again_and_measures_by_itself(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = validated_before(people, monkeypatch)
    assert is_genuine(slot(request, "finance"))
    with pytest.raises(PublishRefused, match="this validation names no back-test"):
        publish(request, people)
    assert slot(request, "finance").verdict == ""
    assert BackTest.objects.waiting().filter(request=request).count() == 1
    all_computed()
    validate(request, people)
    assert publish(request, people).state == RequestState.PUBLISHED
    assert_holds(Look(NOW))


def test_the_same_click_again_makes_it_count(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = validated_before(people, monkeypatch)
    row = measured(request)
    assert validate(request, people).back_test == row
    assert publish(request, people).state == RequestState.PUBLISHED


def test_a_scheduled_one_does_not_slip_through(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = validated_before(people, monkeypatch)
    ChangeRequest.objects.filter(pk=request.pk).update(state="scheduled")
    with pytest.raises(PublishRefused):
        publish_request(request.pk, acting_user=None, now=NOW + timedelta(days=1))
    assert newest() == 1


def test_what_is_in_force_keeps_its_ratification(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = put_in_force_as_emergency("scoring", CHANGE, people.marketing_ops, [people.cmo, people.revops])
    with monkeypatch.context() as before:
        unbound(before)
        validate(request, people)
    answered(request, "cmo", people.cmo)
    request.refresh_from_db()
    assert request.ratified_at is not None


def test_an_emergency_is_ratified_on_one_of_its_own_content_only(people: SimpleNamespace) -> None:
    request = put_in_force_as_emergency("scoring", CHANGE, people.marketing_ops, [people.cmo, people.revops])
    all_computed()
    of_another_content(request, people)
    with pytest.raises(RequestRefused, match="no finished back-test"):
        validate(request, people)
    answered(request, "finance", people.finance)
    answered(request, "cmo", people.cmo)
    request.refresh_from_db()
    assert request.ratified_at is not None
    assert_holds(Look(NOW))


def test_a_seal_without_a_back_test_reads_as_it_always_did(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed before names nothing, and neither does an approval today."""
    seals: list[dict[str, object]] = []
    approval = answered(submitted("scoring", CHANGE, people.marketing_ops), "cmo", people.cmo)

    def kept(plain: dict[str, object]) -> str:
        seals.append(plain)
        return ""

    monkeypatch.setattr("glossary.queries.standing.canonical_json", kept)
    answer_seal(approval)
    # fmt: off
    assert set(seals[0]) == {
        "kind", "base", "title", "why", "effective_at", "emergency_why", "request", "cycle", "duty", "role", "verdict",
        "signer", "signer_name", "on_behalf_of", "identities", "digest", "note", "decided_at",
    }
