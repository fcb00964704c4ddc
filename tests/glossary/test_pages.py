"""The pages of the policies in force: who reads them, what they say, and that they only read."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from glossary.models import PolicyVersion
from glossary.queries.editions import forget
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, threshold

PAGES = [
    "/glossary/",
    "/glossary/mql/",
    "/changelog/",
    "/changelog/?workstream=scoring",
    "/changelog/glossary/1/",
    "/changelog/glossary/compare/",
    "/changelog/feed/",
    "/raci/",
]
ACTS = ["post", "put", "patch", "delete"]
# Pages ask the clock themselves, so what they show is published in the past of any clock.
EARLIER = datetime(2024, 5, 1, tzinfo=UTC)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize("role", ["sdr", "ae", "manager", "cro", "finance", "revops", "enablement"])
def test_everyone_who_signed_in_reads(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, role: str
) -> None:
    client.force_login(getattr(cast, role))
    for address in PAGES:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("address", PAGES)
def test_nobody_reads_without_signing_in(playbook: EditionInForce, client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


@pytest.mark.parametrize("method", ACTS)
def test_pages_only_read(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, method: str
) -> None:
    client.force_login(cast.revops)
    for address in PAGES:
        assert getattr(client, method)(address).status_code == 405, address


@pytest.mark.parametrize(
    "address",
    ["/glossary/nirvana/", "/changelog/glossary/2/", "/changelog/sales/1/", "/changelog/sales/compare/"],
)
def test_what_is_not_there_is_not_found(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, address: str
) -> None:
    client.force_login(cast.sdr)

    assert client.get(address).status_code == 404


def test_the_glossary_says_what_runs(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.sdr)

    text = text_of(client, "/glossary/")

    for words in (
        "Marketing Qualified Lead",
        "ICP grade is A or B",
        "Intent score is at least 65",
        "Discovery notes",
        "MQL → SAL",
        "Marketing Ops, RevOps",
        "E-mail, Country, Source, Consent",
        "glossary v1",
        "known after the outcome",
    ):
        assert words in text, words


def test_a_threshold_changes_the_words_and_not_the_age_of_the_definition(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    publish_change(playbook, "scoring", threshold(70), now=EARLIER)
    client.force_login(cast.sdr)

    text = text_of(client, "/glossary/mql/")

    assert "Intent score is at least 70" in text
    assert "glossary v1" in text
    assert "the owner or the owner&#x27;s manager" in text


def test_each_definition_names_the_version_that_brought_it(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given that only SAL is worded anew
    def reworded(data: dict[str, object]) -> None:
        stages = data["stages"]
        assert isinstance(stages, list)
        stages[3]["definition"] = "Taken by a colleague, and called."

    publish_change(playbook, "glossary", reworded, now=EARLIER)
    client.force_login(cast.sdr)

    assert "Taken by a colleague, and called." in text_of(client, "/glossary/sal/")
    assert "glossary v2" in text_of(client, "/glossary/sal/")
    assert "glossary v1" in text_of(client, "/glossary/mql/")


def test_the_change_log_tells_who_when_and_why(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    publish_change(playbook, "scoring", threshold(70), now=EARLIER, title="Raise the bar")
    client.force_login(cast.enablement)

    everything, scoring = text_of(client, "/changelog/"), text_of(client, "/changelog/?workstream=scoring")

    assert "Raise the bar" in scoring
    assert "Because a test asks for it." in scoring
    assert "superseded" in scoring
    assert "Charter v1" in everything
    assert "Charter v1" not in scoring
    assert (
        "mql: 70" in " ".join(text_of(client, "/changelog/scoring/2/").replace("</span>", "").split()).lower()
    )


def test_the_change_log_costs_the_same_however_long_it_is(
    playbook: EditionInForce,
    cast: SimpleNamespace,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    edition = playbook
    for value in range(66, 90):
        edition = publish_change(edition, "scoring", threshold(value), now=EARLIER)
    client.force_login(cast.sdr)
    client.get("/changelog/")
    with django_assert_max_num_queries(10):
        client.get("/changelog/")


def forge(column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE glossary_policyversion SET {column} = 'x' WHERE workstream = 'glossary'")
    forget()


def test_a_forged_document_closes_the_page_and_says_why(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    client.force_login(cast.sdr)
    forge("content")

    response = client.get("/glossary/")

    assert response.status_code == 503
    assert "glossary v1 is not what was published" in response.content.decode()


def test_a_forged_line_of_the_change_log_is_marked(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    client.force_login(cast.sdr)
    assert "does not match its seal" not in text_of(client, "/changelog/?workstream=scoring")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE glossary_policyversion SET why = 'x' WHERE workstream = 'scoring'")

    assert "does not match its seal" in text_of(client, "/changelog/?workstream=scoring")


def test_without_policies_a_page_says_what_to_do(cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.revops)

    response = client.get("/glossary/")

    assert response.status_code == 503
    assert "publish_playbook" in response.content.decode()


def test_the_admin_shows_versions_and_changes_none(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    cast.revops.is_superuser = True
    cast.revops.save()
    client.force_login(cast.revops)
    version = PolicyVersion.objects.get(workstream="scoring")
    address = f"/admin/glossary/policyversion/{version.pk}/change/"

    assert client.get(address).status_code == 200
    assert client.get("/admin/glossary/edition/").status_code == 200
    assert client.get("/admin/glossary/policyversion/add/").status_code == 403
    assert client.post(address, {"title": "Mine"}).status_code == 403
    assert (
        client.post(f"/admin/glossary/policyversion/{version.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    version.refresh_from_db()
    assert version.title == "Standard playbook"
