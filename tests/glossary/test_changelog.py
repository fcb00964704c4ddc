"""The change log: who, when and why, and its filters."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from glossary.models import Acknowledgement, ChangeRequest, PolicyVersion
from glossary.services.touches import record_all_touches
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, stage, threshold
from tests.glossary.building import DAY, EARLIER, ApprovedWarrant, approved, long_history, signed
from tests.support import PLAYBOOK_SINCE


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return " ".join(response.content.decode().split())


def titles(client: Client, query: str = "") -> list[str]:
    """The versions that the change log shows, as it names them."""
    return [str(line.version) for line in client.get(f"/changelog/{query}").context["lines"]]


def reworded(data: dict[str, object]) -> None:
    found = stage(data, "sal")
    found["definition"] = "A named owner took the lead in time, and called."


def test_a_version_names_everyone_who_stands_behind_it(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given a change by two people, signed by two, one of them for somebody else
    warrant = ApprovedWarrant(
        contributors=("Rosa Okafor", "Mateo Lindqvist"),
        signoffs=(
            signed("approve", "cmo", "Malik Johansson"),
            signed("validate", "finance", "Fiona Abara", for_whom="Fred Abara"),
        ),
    )
    approved(playbook, "scoring", threshold(70), warrant)
    client.force_login(cast.sdr)

    for address in ("/changelog/", "/changelog/scoring/2/"):
        text = text_of(client, address)
        assert "by Rosa Okafor, with Mateo Lindqvist" in text
        assert "Malik Johansson approved as CMO" in text
        assert "Fiona Abara validated as Finance, for Fred Abara" in text
        assert "Too many MQLs were turned down." in text
    assert "with the first edition" in text_of(client, "/changelog/scoring/1/")
    assert "emergency" not in text_of(client, "/changelog/scoring/2/").lower()


@pytest.mark.parametrize(("days", "words"), [(-1, "not ratified in time"), (9000, "to be ratified")])
def test_an_emergency_stays_marked(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, days: int, words: str
) -> None:
    due = EARLIER + timedelta(days=days)
    warrant = ApprovedWarrant(
        signoffs=(signed("emergency", "1", "Carla Moreau"),),
        emergency={"why": "The form was broken.", "ratify_by": due.isoformat()},
    )
    approved(playbook, "scoring", threshold(70), warrant)
    client.force_login(cast.sdr)

    text = text_of(client, "/changelog/")

    assert "The form was broken." in text
    assert "Carla Moreau agreed to the emergency" in text
    assert words in text

    # When it is ratified
    version = PolicyVersion.objects.get(workstream="scoring", number=2)
    _request_of(version, cast, ratified_at=EARLIER + DAY)
    ratified = text_of(client, "/changelog/scoring/2/")

    assert "Ratified on" in ratified
    assert words not in ratified
    assert "emergency" in ratified


def _request_of(version: PolicyVersion, cast: SimpleNamespace, **extra: object) -> ChangeRequest:
    return ChangeRequest.objects.create(
        workstream=version.workstream,
        title=version.title,
        why=version.why,
        state="published",
        author=cast.revops,
        author_name="Rosa Okafor",
        base_number=1,
        opened_at=EARLIER,
        changed_at=EARLIER,
        version=version,
        **extra,
    )


def test_it_says_until_when_and_who_has_read_it(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=EARLIER)
    publish_change(second, "scoring", threshold(72), now=EARLIER + 3 * DAY)
    version = PolicyVersion.objects.get(workstream="scoring", number=2)
    for user, at in ((cast.sdr, EARLIER), (cast.ae, None), (cast.manager, None)):
        Acknowledgement.objects.create(version=version, user=user, asked_at=EARLIER, acknowledged_at=at)
    client.force_login(cast.ae)

    text = text_of(client, "/changelog/scoring/2/")

    assert "until <time" in text
    assert "33.3 %, 1 of 3 people" in text
    assert "until <time" not in text_of(client, "/changelog/scoring/3/")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?workstream=scoring", ["scoring v2", "scoring v1"]),
        ("?stage=sal", ["glossary v2", "glossary v1"]),
        ("?stage=mql", ["scoring v2", "glossary v1"]),
        ("?stage=mql&workstream=scoring", ["scoring v2"]),
        ("?q=BAR+raise", ["scoring v2"]),
        ("?q=okafor", ["scoring v2"]),
        ("?q=glossary+v2", ["glossary v2"]),
        ("?q=nothing+of+the+kind", []),
        ("?since=2024-05-02", ["glossary v2"]),
        ("?until=2024-05-01&workstream=scoring", ["scoring v2", "scoring v1"]),
        ("?since=2024-05-01&until=2024-05-01", ["scoring v2"]),
    ],
)
def test_filters(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, query: str, expected: list[str]
) -> None:
    # Given a threshold that MQL uses, and a SAL that is worded anew the day after
    second = approved(playbook, "scoring", threshold(70), ApprovedWarrant())
    publish_change(second, "glossary", reworded, now=EARLIER + DAY, title="Plainer words")
    client.force_login(cast.sdr)

    assert titles(client, query) == expected
    if not expected:
        assert "No version matches" in text_of(client, f"/changelog/{query}")


def test_touches_can_be_noted_anew(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    publish_change(playbook, "glossary", reworded, now=EARLIER)
    client.force_login(cast.sdr)
    before = titles(client, "?stage=sal")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM glossary_versiontouch")
    assert titles(client, "?stage=sal") == []

    record_all_touches()

    assert titles(client, "?stage=sal") == before == ["glossary v2", "glossary v1"]


def test_by_person(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    # Given one version that RevOps proposed and the CMO signed
    approved(playbook, "scoring", threshold(70), ApprovedWarrant())
    request = _request_of(PolicyVersion.objects.get(workstream="scoring", number=2), cast)
    for verdict, voided, signer in (("given", None, cast.cmo), ("given", EARLIER, cast.cro)):
        request.signoffs.create(
            cycle=1 if voided is None else 0,
            duty="approve",
            role="cmo",
            asked_at=EARLIER,
            verdict=verdict,
            signer=signer,
            voided_at=voided,
        )
    client.force_login(cast.sdr)

    assert titles(client, f"?person={cast.revops.pk}") == ["scoring v2"]
    assert titles(client, f"?person={cast.cmo.pk}") == ["scoring v2"]
    # Whose signature was voided does not stand behind it, and is not offered
    text = text_of(client, f"/changelog/?person={cast.cro.pk}")
    assert "Select a valid choice" in text


@pytest.mark.parametrize(
    "query",
    [
        "?workstream=sales",
        "?stage=nirvana",
        "?stage=%00",
        "?person=x",
        "?person=99999999999999999999",
        "?since=tomorrow",
        "?since=0001-01-01&until=9999-12-31",
        "?q=%00",
        "?page=99",
        "?page=x",
        "?colour=red",
        f"?q={quote('ü' * 150)}",
    ],
)
def test_unknown_filters_are_answered_kindly(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, query: str
) -> None:
    client.force_login(cast.sdr)

    for page in ("/changelog/", "/changelog/feed/"):
        assert client.get(page + query).status_code == 200
    if any(name in query for name in ("sales", "nirvana", "tomorrow")):
        text = text_of(client, f"/changelog/{query}")
        assert "narrows nothing down" in text
        assert "Scoring &amp; ICP v1" in text


def test_days_are_those_of_the_reader(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given a version in force from half past eleven in the evening UTC
    publish_change(playbook, "scoring", threshold(70), now=datetime(2024, 5, 1, 23, 30, tzinfo=UTC))
    client.force_login(cast.sdr)

    for zone, day, clock in (
        ("UTC", "2024-05-01", "1 May 2024, 23:30"),
        ("Asia/Tokyo", "2024-05-02", "2 May 2024, 08:30"),
    ):
        cast.sdr.time_zone = zone
        cast.sdr.save()
        query = f"?since={day}&until={day}"
        assert titles(client, query) == ["scoring v2"], zone
        assert clock in text_of(client, f"/changelog/{query}")


def test_pages_keep_the_filter(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    long_history(playbook, 30)
    client.force_login(cast.sdr)

    first = client.get("/changelog/?stage=mql")
    second = titles(client, "?stage=mql&page=2")

    assert str(first.context["lines"][0].version) == "glossary v31"
    assert "?stage=mql&amp;page=2" in first.content.decode()
    assert second[-1] == "glossary v1"
    assert len(second) == 6


def test_five_hundred_versions_cost_no_more(
    playbook: EditionInForce,
    cast: SimpleNamespace,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    long_history(playbook, 500)
    client.force_login(cast.sdr)
    client.get("/changelog/")
    for address in ("/changelog/", "/changelog/?stage=mql&q=wording&page=3", "/changelog/glossary/250/"):
        client.get(address)
        with django_assert_max_num_queries(11):
            assert client.get(address).status_code == 200


def test_since_the_playbook(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.sdr)

    assert len(titles(client, f"?until={PLAYBOOK_SINCE:%Y-%m-%d}")) == 6
