"""The rows of trust at the surfaces that people and programs reach: pages, the admin, commands, the task, files."""

import io
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from glossary import tasks
from glossary.choices import RequestState
from glossary.management.commands import policy
from glossary.models import Acknowledgement, ChangeRequest, Delegation, PolicyVersion, SignOff, Term
from glossary.queries import standing
from glossary.queries.editions import edition_at
from glossary.queries.proposals import proposal_of
from glossary.services import publishing, signing
from glossary.services.delegating import delegate
from glossary.services.drafting import Texts, change_texts
from glossary.services.submitting import submit
from glossary.types import EditionInForce
from people import access
from people.models import User
from tests.glossary.governing import answered, slot
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import answer_of, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def second_account(cast: SimpleNamespace, first: User, role: str, **more: str) -> User:
    """Another account of `first`, holding a role."""
    user = User.objects.create_user(f"{first.username}2", **more)
    user.groups.set(list(getattr(cast, role).groups.all()))
    return user


def answer_status(request: ChangeRequest, role: str, user: User) -> int:
    shown = proposal_of(request, timezone.now()).digest
    path = f"/changes/{request.pk}/sign/"
    return signed_in(user).post(path, answer_of(slot(request, role), shown, note="Fine.")).status_code


def two_accounts(cast: SimpleNamespace) -> tuple[ChangeRequest, User]:
    """The CRO has signed; their second account, under the tagged address, holds the CMO's role."""
    request = made.in_review(cast)
    answered(request, "cro", cast.cro, now=timezone.now())
    return request, second_account(cast, cast.cro, "cmo", email="cro+two@example.com")


def test_row_2_the_second_account_of_a_person_is_refused_by_the_page(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request, again = two_accounts(cast)

    assert answer_status(request, "cmo", again) == 403

    assert slot(request, "cmo").verdict == ""
    assert request.events.filter(kind="refused", actor=again).count() == 1


def test_row_2_control_two_people_may_sign(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, again = two_accounts(cast)
    by_account = staticmethod(lambda user: [f"account:{user.pk}"])
    for module in (access, standing, signing):
        monkeypatch.setattr(module, "identities", by_account.__func__)
    monkeypatch.setattr("glossary.services.eligibility.identities", by_account.__func__)
    SignOff.objects.filter(request=request, role="cro").update(identities=[f"account:{cast.cro.pk}"])

    assert answer_status(request, "cmo", again) == 302


def test_row_5_two_files_for_one_item_give_one_version(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path
) -> None:
    for number, name in enumerate(("Hot lead", "Cold lead")):
        out = io.StringIO()
        call_command("policy", "export", "glossary", stdout=out)
        file = tmp_path / f"{number}.yaml"
        file.write_text(out.getvalue().replace("name: Marketing Qualified Lead", f"name: {name}"))
        words = ["--title", name, "--why", "w", "--as", "revops", "--submit"]
        call_command("policy", "propose", str(file), *words, stdout=out)
    first, second = ChangeRequest.objects.order_by("pk")
    for request in (first, second):
        for role, user in made.signers(cast).items():
            answered(request, role, user, now=timezone.now())

    office = signed_in(cast.revops)
    answers = [office.post(f"/changes/{request.pk}/publish/").status_code for request in (first, second)]

    assert answers == [302, 409]
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 2
    second.refresh_from_db()
    assert second.state == RequestState.CHANGES_REQUESTED


def without_finance(cast: SimpleNamespace) -> ChangeRequest:
    """Everybody but Finance has signed."""
    request = made.in_review(cast)
    for role in ("cro", "cmo"):
        answered(request, role, getattr(cast, role), now=timezone.now())
    return request


def test_row_8_the_page_publishes_nothing_without_finance(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = without_finance(cast)

    assert signed_in(cast.revops).post(f"/changes/{request.pk}/publish/").status_code == 409
    # Also where somebody wrote "approved" into the table.
    ChangeRequest.objects.filter(pk=request.pk).update(state=RequestState.APPROVED)
    assert signed_in(cast.revops).post(f"/changes/{request.pk}/publish/").status_code == 409

    assert edition_at(timezone.now()).versions["glossary"] == 1


def test_row_8_control_with_the_question_left_out_it_would_be_published(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = without_finance(cast)
    ChangeRequest.objects.filter(pk=request.pk).update(state=RequestState.APPROVED)
    monkeypatch.setattr(publishing, "lacking", lambda *args: [])
    monkeypatch.setattr("glossary.services.warrants.lacking", lambda *args: [])

    assert signed_in(cast.revops).post(f"/changes/{request.pk}/publish/").status_code == 302
    assert edition_at(timezone.now()).versions["glossary"] == 2


def acts(cast: SimpleNamespace) -> list[tuple[User, str]]:
    """Acts beside those on a request: who may do it, and where."""
    asked = Acknowledgement.objects.create(
        version=PolicyVersion.objects.get(workstream="glossary"), user=cast.sdr, asked_at=timezone.now()
    )
    now = timezone.now()
    delegation = delegate(cast.sdr, (now, now + HOUR), acting_user=cast.cro, now=now)
    term = Term.objects.filter(request=made.draft(cast)).first()
    assert term is not None
    return [
        (cast.sdr, f"/changelog/glossary/{asked.version.number}/acknowledge/"),
        (cast.cro, f"/changes/delegations/{delegation.pk}/end/"),
        (cast.revops, f"/admin/glossary/term/{term.pk}/delete/"),
    ]


def done() -> tuple[int, int, int]:
    """How often each of these acts was carried out."""
    read = Acknowledgement.objects.filter(acknowledged_at__isnull=False).count()
    ended = Delegation.objects.filter(revoked_at__isnull=False).count()
    return read, ended, Term.objects.count()


def test_row_9_neither_a_get_nor_another_site_acts(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    tried = acts(cast)
    before = done()
    for user, path in tried:
        foreign = Client(enforce_csrf_checks=True)
        foreign.force_login(user)
        assert foreign.post(path, {"post": "yes"}).status_code == 403, path
        # The admin's delete page asks first; the two others answer only to a POST.
        assert signed_in(user).get(path).status_code == (200 if "/admin/" in path else 405), path
        assert signed_in(user).head(path).status_code in {200, 405}, path
    assert done() == before


def test_row_9_control_a_post_of_the_own_page_acts(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    tried = acts(cast)
    read, ended, terms = done()
    for user, path in tried:
        assert signed_in(user).post(path, {"post": "yes"}).status_code == 302, path
    assert done() == (read + 1, ended + 1, terms - 1)


def test_rows_1_and_10_no_command_signs_or_publishes() -> None:
    parser = load_command_class("glossary", "policy").create_parser("manage.py", "policy")
    acts = next(action.choices for action in parser._actions if action.dest == "act")
    assert set(acts or ()) == {"export", "propose", "diff", "schema"}
    ours = {name for name, app in get_commands().items() if app in {"glossary", "routing", "config"}}
    assert {name for name in ours if "sign" in name or "approve" in name} == set()
    assert {name for name in ours if "publish" in name} == {"publish_playbook"}
    assert not hasattr(policy, "sign")


def test_row_10_the_playbook_founds_once(playbook: EditionInForce) -> None:
    out = io.StringIO()
    call_command("publish_playbook", stdout=out)
    assert PolicyVersion.objects.count() == 6
    assert edition_at(timezone.now()) == playbook


def test_row_12_the_task_run_twice_activates_once(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    request = made.draft(cast)
    change_texts(request.pk, Texts("Later", "w", now + HOUR), acting_user=cast.revops, now=now)
    submit(request.pk, acting_user=cast.revops, now=now)
    for role, user in made.signers(cast).items():
        answered(request, role, user, now=now)
    assert signed_in(cast.revops).post(f"/changes/{request.pk}/publish/").status_code == 302
    assert tasks.tick() == 0

    monkeypatch.setattr(tasks, "timezone", SimpleNamespace(now=lambda: now + 2 * HOUR))

    assert [tasks.tick(), tasks.tick()] == [1, 0]
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 2


def test_there_is_no_programming_interface_to_policies() -> None:
    """The surface "API" of the table is empty; whoever adds one adds its tests here."""
    assert not [p for p in get_resolver().url_patterns if str(p.pattern).startswith("api")]
    assert submit.__module__ == "glossary.services.submitting"
