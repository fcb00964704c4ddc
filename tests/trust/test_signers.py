"""Who may sign: rows 1, 2, 7 and 8 of the promises, at the services, and past them by SQL.

Each has its control: with the protection off the same act leaves a breach that the oracle names.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from glossary.choices import RequestState
from glossary.exceptions import NotAllowed, PublishRefused, RequestRefused
from glossary.models import ChangeRequest, Contributor, SignOff
from glossary.services.delegating import delegate
from glossary.services.emergency import declare_emergency
from glossary.services.publishing import publish_request
from glossary.services.signing import Answer, sign
from glossary.services.submitting import submit
from glossary.types import EditionInForce
from people.models import User
from tests.glossary.governing import answered, approved, edited, slot, submitted
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds, breaches
from tests.trust.scene import a_change, add_schemers, signers

CHANGE = a_change("scoring", 1)


@pytest.fixture
def schemers(playbook: EditionInForce, cast: SimpleNamespace) -> SimpleNamespace:
    return add_schemers(cast)


def someone(user: User) -> User:
    """The account as a new page visit reads it."""
    return User.objects.get(pk=user.pk)


def publish(request: ChangeRequest, user: User) -> ChangeRequest:
    return publish_request(request.pk, acting_user=someone(user), now=NOW)


def refused_and_logged(request: ChangeRequest, user: User, role: str = "cmo") -> None:
    """`user` cannot sign as `role`; nothing changes, and the attempt is in the timeline."""
    before = SignOff.objects.filter(request=request).values()
    with pytest.raises(NotAllowed):
        answered(request, role, someone(user))
    assert list(SignOff.objects.filter(request=request).values()) == list(before)
    assert request.events.filter(kind="refused", actor=user).exists()
    assert_holds(Look(NOW))


# --- row 1: own or co-written


def test_who_proposed_does_not_approve(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, schemers.omni)
    refused_and_logged(request, schemers.omni)


def test_who_wrote_a_part_once_never_approves_it(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    edited(request, a_change("scoring", 3), schemers.omni)
    # And neither when the part was written over again by somebody else
    edited(request, a_change("scoring", 1), schemers.marketing_ops)
    request = _submit_again(request, schemers.marketing_ops)
    refused_and_logged(request, schemers.omni)


def _submit_again(request: ChangeRequest, user: User) -> ChangeRequest:
    return submit(request.pk, acting_user=user, now=NOW)


def test_nobody_signs_for_somebody_who_wrote_a_part_or_the_other_way_round(schemers: SimpleNamespace) -> None:
    span = (NOW, NOW + timedelta(days=9))
    delegate(schemers.sdr, span, acting_user=schemers.omni, now=NOW)
    delegate(schemers.marketing_ops, span, acting_user=schemers.cmo, now=NOW)
    request = submitted("scoring", CHANGE, schemers.omni)
    refused_and_logged(request, schemers.sdr)  # omni's hand
    edited(request, a_change("scoring", 3), schemers.marketing_ops)
    request = _submit_again(request, schemers.marketing_ops)
    refused_and_logged(request, schemers.marketing_ops)  # the author, in the CMO's name


def test_an_author_agrees_to_no_emergency_of_their_own(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, schemers.omni)
    declare_emergency(request.pk, "Now.", request.digest, acting_user=schemers.omni, now=NOW)
    refused_and_logged(request, schemers.omni, "seat_1")


@pytest.mark.parametrize("name", ["root", "gone", "sdr", "finance"])
def test_all_rights_or_no_access_any_more_are_no_role(schemers: SimpleNamespace, name: str) -> None:
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    refused_and_logged(request, getattr(schemers, name))


def test_control_without_the_check_the_oracle_names_the_author(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("queries.standing", "services.eligibility", "services.warrants"):
        monkeypatch.setattr(f"glossary.{room}.contributor_identities", lambda request: set())
    request = submitted("scoring", CHANGE, schemers.omni)
    answered(request, "cmo", schemers.omni)
    answered(request, "finance", schemers.finance)
    publish(request, schemers.marketing_ops)
    assert any("wrote a part" in breach for breach in breaches(Look(NOW)))


# --- row 2: two accounts of one person


@pytest.mark.parametrize(("first", "second"), [("carla", "carla_2"), ("dora", "dora_2")])
def test_a_second_account_does_not_count_again(schemers: SimpleNamespace, first: str, second: str) -> None:
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    answered(request, "cmo", getattr(schemers, first))
    refused_and_logged(request, getattr(schemers, second), "finance")


@pytest.mark.parametrize(("first", "second"), [("carla", "carla_2"), ("dora", "dora_2")])
def test_a_second_account_does_not_approve_what_the_first_wrote(
    schemers: SimpleNamespace, first: str, second: str
) -> None:
    request = submitted("scoring", CHANGE, getattr(schemers, first))
    refused_and_logged(request, getattr(schemers, second), "finance")


def test_a_new_address_after_writing_makes_no_new_person(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, schemers.carla)
    User.objects.filter(pk=schemers.carla.pk).update(email="somebody.else@example.net")
    with pytest.raises(NotAllowed):
        answered(request, "finance", someone(schemers.carla_2))


def test_accounts_that_turn_out_to_be_one_person_count_once_at_publication(schemers: SimpleNamespace) -> None:
    request = approved("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    ids = [schemers.cmo.pk, schemers.finance.pk]
    User.objects.filter(pk__in=ids).update(sso_subject="idp|one")
    with pytest.raises(PublishRefused, match="one person counts once"):
        publish(request, schemers.marketing_ops)
    assert_holds(Look(NOW))
    # And another person of Finance can complete it
    answered(request, "finance", schemers.omni)
    assert publish(request, schemers.marketing_ops).state == RequestState.PUBLISHED
    assert_holds(Look(NOW))


def test_control_without_identities_two_accounts_count_twice(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def account(user: User) -> list[str]:
        return [f"account:{user.pk}"]

    for room in ("queries.standing", "services.eligibility", "services.signing", "services.timeline"):
        monkeypatch.setattr(f"glossary.{room}.identities", account)
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    answered(request, "cmo", schemers.carla)
    answered(request, "finance", schemers.carla_2)
    publish(request, schemers.marketing_ops)
    assert any("counts 2 times" in breach for breach in breaches(Look(NOW)))


# --- row 7: signed, then lost the role


@pytest.mark.parametrize("how", ["role", "account"])
def test_who_lost_the_role_counts_no_more_and_another_one_is_asked(
    schemers: SimpleNamespace, how: str
) -> None:
    request = approved("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    _lose(schemers.cmo, how)
    with pytest.raises(PublishRefused):
        publish(request, schemers.marketing_ops)
    assert_holds(Look(NOW))
    answered(request, "cmo", schemers.omni)
    assert publish(request, schemers.marketing_ops).state == RequestState.PUBLISHED
    assert_holds(Look(NOW))


def _lose(user: User, how: str) -> None:
    if how == "role":
        user.groups.clear()
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("how", ["role", "account"])
def test_who_lost_the_role_while_others_sign_is_asked_anew(schemers: SimpleNamespace, how: str) -> None:
    """Otherwise everybody has answered, nobody is asked, and it is approved by nobody."""
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    answered(request, "cmo", schemers.cmo)
    _lose(schemers.cmo, how)
    answered(request, "finance", schemers.finance)
    assert_holds(Look(NOW))
    answered(request, "cmo", schemers.omni)
    assert publish(request, schemers.marketing_ops).state == RequestState.PUBLISHED


@pytest.mark.parametrize("how", ["role", "account"])
def test_who_lost_the_role_does_not_count_in_an_emergency(schemers: SimpleNamespace, how: str) -> None:
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    declare_emergency(request.pk, "Now.", request.digest, acting_user=schemers.marketing_ops, now=NOW)
    answered(request, "seat_1", schemers.cmo)
    _lose(schemers.cmo, how)
    answered(request, "seat_2", schemers.revops)
    request.refresh_from_db()
    assert request.state != RequestState.PUBLISHED
    # And somebody else can take the seat
    answered(request, "seat_1", schemers.lead)
    request.refresh_from_db()
    assert request.state == RequestState.PUBLISHED
    assert_holds(Look(NOW))


def test_control_without_the_second_look_the_oracle_names_who_lost_the_role(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = approved("scoring", CHANGE, schemers.marketing_ops, signers(schemers, "scoring"))
    schemers.cmo.groups.clear()
    monkeypatch.setattr("glossary.queries.standing._holds", lambda *a: True)
    fresh = publish(request, schemers.marketing_ops).version_id
    assert fresh is not None
    assert any("could no longer sign" in b for b in breaches(Look(NOW, fresh=frozenset({fresh}))))


# --- row 8: Finance


def test_finance_of_another_content_or_none_at_all(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    answered(request, "cmo", schemers.cmo)
    with pytest.raises(RequestRefused):
        publish(request, schemers.marketing_ops)
    # Given somebody past the services who claims that it is approved
    ChangeRequest.objects.filter(pk=request.pk).update(state="approved")
    with pytest.raises(PublishRefused, match="Finance"):
        publish(request, schemers.marketing_ops)
    # Given Finance's genuine word for another content, moved over
    answered(request, "finance", schemers.finance)
    SignOff.objects.filter(request=request, role="finance").update(digest="0" * 64)
    ChangeRequest.objects.filter(pk=request.pk).update(state="approved")
    with pytest.raises(PublishRefused, match="Finance"):
        publish(request, schemers.marketing_ops)
    assert_holds(Look(NOW))


def test_control_without_lacking_it_ships_without_finance(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("renewal", "publishing", "warrants"):
        monkeypatch.setattr(f"glossary.services.{room}.lacking", lambda *a: [])
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    answered(request, "cmo", schemers.cmo)
    publish(request, schemers.marketing_ops)
    assert any("finance" in breach for breach in breaches(Look(NOW)))


# --- row 6: twice


def test_twice_is_once(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", CHANGE, schemers.marketing_ops)
    _submit_again(request, schemers.marketing_ops)
    seat = slot(request, "cmo")
    for _ in range(2):
        sign(Answer(seat.pk, "given", request.digest, "Fine."), acting_user=schemers.cmo, now=NOW)
    answered(request, "finance", schemers.finance)
    for _ in range(2):
        publish(request, schemers.marketing_ops)
    kinds = [event.kind for event in request.events.all()]
    assert (kinds.count("submitted"), kinds.count("signed"), kinds.count("published")) == (1, 2, 1)
    assert Contributor.objects.filter(request=request).count() == 1
    assert_holds(Look(NOW))
