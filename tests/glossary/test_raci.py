"""The RACI board: who does what with whose names, and its gaps."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from glossary.choices import Workstream
from glossary.engine.charter import CharterDocument
from glossary.engine.raci_gaps import Gap, Staff, find_gaps, matched
from glossary.queries.raci import board
from glossary.types import EditionInForce
from people.choices import Role
from tests.conftest import make_person
from tests.glossary.amending import Change, publish_change
from tests.glossary.building import EARLIER


def text_of(client: Client) -> str:
    response = client.get("/raci/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def full(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, and somebody in every role that the charter names."""
    held = set(Group.objects.filter(user__is_active=True).values_list("name", flat=True))
    for role in set(Role.values) - held:
        make_person(f"the_{role}", role)
    return cast


def raci_line(workstream: str, **parts: list[str]) -> Change:
    """Sets parts of one line of the charter."""

    def change(data: dict[str, object]) -> None:
        lines = data["raci"]
        assert isinstance(lines, list)
        next(line for line in lines if line["workstream"] == workstream).update(parts)

    return change


def gaps(edition: EditionInForce, workstream: str) -> list[tuple[str, bool]]:
    """Words of the gaps of one workstream, and whether they stop changes."""
    found = board(edition).gaps
    return [(gap.words, gap.blocks) for gap in found if workstream in dict(gap.workstreams)]


def test_the_board_names_roles_and_people(
    playbook: EditionInForce, full: SimpleNamespace, client: Client
) -> None:
    full.cro.first_name, full.cro.last_name = "Carla", "Moreau"
    full.cro.save()
    client.force_login(full.sdr)

    text = text_of(client)

    assert 'CRO <span class="c-quiet">Carla Moreau</span>' in text
    for words in ("Must approve", "Proposes", "Validates", "Is asked", "Is told", "Charter v1", "No gaps"):
        assert words in text, words
    line = next(one for one in board(playbook).lines if one.workstream == Workstream.SCORING)
    assert {part.letter: [role.key for role in part.roles] for part in line.parts} == {
        "R": ["marketing_ops"],
        "A": ["cmo"],
        "V": ["finance"],
        "C": ["sales_ops", "product"],
        "I": ["sales_manager"],
    }


def test_who_left_is_not_on_the_board(
    playbook: EditionInForce, full: SimpleNamespace, client: Client
) -> None:
    full.cmo.is_active = False
    full.cmo.save()
    client.force_login(full.sdr)

    text = text_of(client)

    assert "Nobody active holds the role CMO, so no change can be published." in text
    assert "stops changes" in text


def test_a_role_that_is_only_told_stops_nothing(playbook: EditionInForce, full: SimpleNamespace) -> None:
    Group.objects.get(name=Role.IT).user_set.clear()

    assert gaps(playbook, "glossary") == [
        ("Nobody active holds the role IT. Give the role to somebody, or change the charter.", False)
    ]
    assert gaps(playbook, "scoring") == []


def test_accountable_and_only_responsible_by_role(playbook: EditionInForce, full: SimpleNamespace) -> None:
    edition = publish_change(
        playbook, "charter", raci_line("scoring", responsible=["cmo"], accountable=["cmo"]), now=EARLIER
    )
    words = [said for said, _ in gaps(edition, "scoring")]

    assert any("CMO is Accountable and also the only Responsible" in said for said in words), words


def test_accountable_and_only_responsible_by_person(playbook: EditionInForce, full: SimpleNamespace) -> None:
    assert gaps(playbook, "scoring") == []
    # When the one person of Marketing Ops becomes the only CMO as well
    full.cmo.groups.clear()
    full.marketing_ops.groups.add(Group.objects.get(name=Role.CMO))

    words = [said for said, _ in gaps(playbook, "scoring")]

    assert any("only one who is Accountable as CMO" in said for said in words), words


def test_two_accounts_of_one_person_are_one(playbook: EditionInForce, full: SimpleNamespace) -> None:
    # Given a CRO and a CMO who are one person behind two accounts
    assert gaps(playbook, "dispositions") == []
    for user in (full.cro, full.cmo):
        user.sso_subject = "carla"
        user.save()

    ((words, blocks),) = gaps(playbook, "dispositions")

    assert "needs 2 signatures of different people" in words
    assert "at best 1 could sign" in words
    assert blocks


def test_the_board_costs_the_same_however_many_people(
    playbook: EditionInForce,
    full: SimpleNamespace,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        make_person(f"rep{number}", Role.SDR, Role.AE)
    client.force_login(full.sdr)
    client.get("/raci/")
    with django_assert_max_num_queries(8):
        client.get("/raci/")


def people(**roles: set[int]) -> dict[str, frozenset[int]]:
    return {role: frozenset(found) for role, found in roles.items()}


@pytest.mark.parametrize(
    ("holders", "without", "expected"),
    [
        ({"a": {1}, "b": {1}}, None, 1),
        ({"a": {1, 2}, "b": {1}}, None, 2),
        # b and c leave no one for a but the third person, who is found by moving b
        ({"a": {1}, "b": {1, 2}, "c": {2, 3}}, None, 3),
        ({"a": {1}, "b": {1, 2}, "c": {2, 3}}, 3, 2),
        ({"a": set(), "b": {1}}, None, 1),
    ],
)
def test_one_person_signs_for_one_role(
    holders: dict[str, set[int]], without: int | None, expected: int
) -> None:
    assert matched(sorted(holders), people(**holders), without=without) == expected


def charter(**line: list[str]) -> CharterDocument:
    return CharterDocument.model_validate(
        {
            "raci": [{"workstream": "scoring", "responsible": ["ops"], "accountable": ["cmo"], **line}],
            "validate": {"role": "finance", "workstreams": []},
        }
    )


def test_a_workstream_without_a_line_has_nobody_accountable() -> None:
    (gap,) = find_gaps(charter(), ["routing"], Staff({}))

    assert (gap.what, gap.blocks) == ("nobody_accountable", True)


def test_who_may_propose_anywhere_lifts_the_block() -> None:
    # Given one person who is both the only Responsible and the only Accountable
    alone = people(ops={1}, cmo={1})

    without = find_gaps(charter(), ["scoring"], Staff(alone))
    with_revops = find_gaps(charter(), ["scoring"], Staff(alone, anywhere=frozenset({7})))

    assert Gap("scoring", "same_person", blocks=True, role="cmo") in without
    assert Gap("scoring", "too_few", blocks=True, needed=1, there=0) in without
    assert with_revops == [Gap("scoring", "same_person", blocks=False, role="cmo")]


def test_nobody_who_proposes() -> None:
    (gap,) = find_gaps(charter(), ["scoring"], Staff(people(cmo={1})))

    assert (gap.role, gap.blocks) == ("ops", True)
