"""The list of change requests: what waits for whom, filters, how many queries it takes."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from glossary.exceptions import NotAllowed
from glossary.models import ChangeRequest, Contributor, SignOff
from glossary.queries.inbox import inbox_of, is_asked, something_waits
from glossary.services.delegating import delegate
from glossary.services.eligibility import principal
from glossary.services.emergency import declare_emergency
from glossary.types import EditionInForce
from people.models import User
from tests.glossary.amending import threshold
from tests.glossary.governing import answered, submitted
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import page, signed_in

pytestmark = pytest.mark.django_db
PEOPLE = ("cro", "cmo", "finance", "revops", "marketing_ops", "sales_ops", "sdr", "enablement")


def tasks(user: User) -> list[str]:
    fresh = User.objects.get(pk=user.pk)
    return sorted(task.words for row in inbox_of(fresh, timezone.now()).waiting for task in row.tasks)


def test_everybody_sees_what_waits_for_them(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    submitted("scoring", threshold(70), cast.marketing_ops, now=timezone.now())
    made.emergency(cast)
    assert tasks(cast.cro) == ["Ratify as CRO"]
    assert tasks(cast.cmo) == ["Approve as CMO", "Ratify as CMO"]
    assert tasks(cast.finance) == ["Ratify as Finance", "Validate as Finance"]
    assert tasks(cast.sales_ops) == ["Advise as Sales Ops"]
    assert tasks(cast.sdr) == []
    text = page(signed_in(cast.cmo), "/changes/")
    assert text.index("Ratify as CMO") < text.index("Approve as CMO")
    assert "Nothing waits for your signature" in page(signed_in(cast.sdr), "/changes/")
    assert something_waits(cast.finance, timezone.now())
    assert not something_waits(cast.sales_ops, timezone.now())  # advice holds nothing up


def test_the_inbox_says_what_signing_allows(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """Given every kind of slot, delegations and people who wrote or signed: the set queries agree with the rule."""
    now = timezone.now()
    delegate(cast.sdr, (now, now + timedelta(days=2)), acting_user=cast.cro, now=now)
    delegate(cast.revops, (now, now + timedelta(days=2)), acting_user=cast.cmo, now=now)
    delegate(cast.cmo, (now, now + timedelta(days=2)), acting_user=cast.cro, now=now)
    submitted("scoring", threshold(70), cast.marketing_ops, now=timezone.now())
    answered(made.in_review(cast), "cro", cast.sdr, now=timezone.now())
    urgent = made.in_review(cast, "Sales lead", "sql")
    urgent.refresh_from_db()
    declare_emergency(
        urgent.pk, "Now.", urgent.digest, acting_user=User.objects.get(pk=cast.revops.pk), now=timezone.now()
    )
    answered(urgent, "seat_1", cast.cmo, now=timezone.now())
    seen = 0
    for name in PEOPLE:
        user, now = User.objects.get(username=name), timezone.now()
        allowed = {s.pk for s in SignOff.objects.standing().select_related("request") if may(s, user)}
        found = sum(len(row.tasks) for row in inbox_of(user, now).waiting)
        assert found == len(allowed), name
        seen += found
    assert seen > 8


def may(signoff: SignOff, user: User) -> bool:
    now = timezone.now()
    if signoff.cycle != signoff.request.cycle or not is_asked(signoff, signoff.request, now):
        return False
    try:
        principal(signoff, user, now)
    except NotAllowed:
        return False
    return True


def test_a_stand_in_sees_for_whom(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    now = timezone.now()
    delegate(cast.sales_ops, (now, now + timedelta(days=2)), acting_user=cast.cro, now=now)
    request = made.in_review(cast)
    assert "Approve as CRO for cro" in page(signed_in(cast.sales_ops), "/changes/")
    text = page(signed_in(cast.sales_ops), f"/changes/{request.pk}/")
    assert "who delegated it to you" in text


def test_marks_for_old_bases_and_little_time(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.in_review(cast, "Sales lead", "sql")
    text = page(signed_in(cast.sdr), "/changes/")
    assert "expires soon" not in text
    assert "is in force" not in text
    made.in_force(cast)
    ChangeRequest.objects.filter(pk=request.pk).update(expires_at=timezone.now() + timedelta(days=1))
    text = page(signed_in(cast.sdr), "/changes/")
    assert "made on v1, v2 is in force" in text
    assert "expires soon" in text


def test_lists_and_filters(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    made.in_review(cast)
    scoring = submitted("scoring", threshold(70), cast.marketing_ops, now=timezone.now())
    ChangeRequest.objects.filter(pk=scoring.pk).update(title="Élan für alle", why="ÜBER 70")
    done = made.in_force(cast, "Sales lead", "sql")
    client = signed_in(cast.marketing_ops)

    def numbers(query: str) -> set[int]:
        text = page(client, f"/changes/?{query}")
        return {pk for pk in ChangeRequest.objects.values_list("pk", flat=True) if f"#{pk} ·" in text}

    assert numbers("view=mine") == {scoring.pk}
    assert numbers("view=closed") == {done.pk}
    assert numbers("view=closed&q=nothing") == set()
    assert numbers("view=open&workstream=scoring") == {scoring.pk}
    assert numbers("view=open&q=élan über") == {scoring.pk}
    assert numbers("view=open&author=marketing_ops") == {scoring.pk}
    assert numbers("view=open&state=draft") == set()
    assert numbers("view=open&state=bogus&page=x") >= {scoring.pk}
    assert "No change request matches" in page(client, "/changes/?view=open&state=draft")


@pytest.fixture
def many(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """200 open requests with their sign-offs, of which two stand for all."""
    for request in (
        made.in_review(cast),
        submitted("scoring", threshold(70), cast.marketing_ops, now=timezone.now()),
    ):
        slots = list(request.signoffs.all())
        for _ in range(99):
            copy = ChangeRequest.objects.get(pk=request.pk)
            copy.pk = None
            copy.save()
            Contributor.objects.create(
                request=copy, user=request.author, name="x", identities=["x"], since=request.opened_at
            )
            SignOff.objects.bulk_create(
                SignOff(request=copy, cycle=1, duty=s.duty, role=s.role, asked_at=s.asked_at, due_at=s.due_at)
                for s in slots
            )


MOST: dict[str, int] = {
    "": 11,
    "?view=open": 11,
    "?view=open&workstream=scoring&page=2": 11,
    "?view=open&q=change": 11,
}


@pytest.mark.parametrize(("query", "most"), MOST.items())
def test_two_hundred_open_ones_take_few_queries(
    query: str,
    most: int,
    many: None,
    cast: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    assert ChangeRequest.objects.count() == 200
    client = signed_in(cast.cmo)
    page(client, "/changes/")  # the policies were read once

    with django_assert_max_num_queries(most):
        text = client.get(f"/changes/{query}").content.decode()
    assert text.count("r-item__title") >= 25


def test_stand_ins_take_few_queries_too(
    many: None, cast: SimpleNamespace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for name in ("cro", "cmo", "finance"):
        delegate(cast.sales_ops, (now, now + timedelta(days=2)), acting_user=getattr(cast, name), now=now)
    client = signed_in(cast.sales_ops)
    page(client, "/changes/")
    with django_assert_max_num_queries(11):
        client.get("/changes/")


ONE: list[tuple[Callable[[SimpleNamespace], ChangeRequest], str, int]] = [
    (made.draft, "revops", 21),
    (made.with_findings, "revops", 22),
    (made.in_review, "cro", 19),
    (made.in_review, "finance", 19),
    (made.conflicting, "revops", 18),
    (made.ready, "revops", 16),
    (made.in_force, "sdr", 17),
    (made.emergency, "cmo", 21),
]


@pytest.mark.parametrize(("make", "who", "most"), ONE, ids=lambda x: getattr(x, "__name__", str(x)))
def test_one_request_takes_a_bounded_number_of_queries(
    make: Callable[[SimpleNamespace], ChangeRequest],
    who: str,
    most: int,
    playbook: EditionInForce,
    cast: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    request = make(cast)
    client: Client = signed_in(getattr(cast, who))
    page(client, f"/changes/{request.pk}/")
    before = SignOff.objects.filter(cycle=F("request__cycle")).count()
    with django_assert_max_num_queries(most):
        client.get(f"/changes/{request.pk}/")
    assert SignOff.objects.filter(cycle=F("request__cycle")).count() == before
