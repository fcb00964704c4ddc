"""One version, two versions compared, acknowledging, forged rows, and the feed."""

import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from glossary.models import Acknowledgement, PolicyVersion
from glossary.queries.editions import forget
from glossary.types import EditionInForce
from tests.glossary.amending import Change, publish_change, stage, threshold
from tests.glossary.building import DAY, EARLIER, ApprovedWarrant, approved

ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return " ".join(response.content.decode().split())


def reworded(data: dict[str, object]) -> None:
    found = stage(data, "sal")
    found["definition"] = "A named owner took the lead in time, and called."


def test_the_difference_stands_in_words(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    def change(data: dict[str, object]) -> None:
        reworded(data)
        stage(data, "mql")["entry"]["all"][0]["any"][0]["value"] = ["A"]

    publish_change(playbook, "glossary", change, now=EARLIER)
    client.force_login(cast.sdr)

    text = text_of(client, "/changelog/glossary/2/")

    assert "Sales Accepted Lead" in text
    assert "tightened" in text
    assert "wording" in text
    assert "<del>" in text
    assert "<ins>" in text
    assert "ICP grade is A" in text
    assert "What changed against v1" in text
    assert "Compare with" in text


def grades(*values: str) -> Change:
    """Sets the ICP grades that MQL asks for."""

    def change(data: dict[str, object]) -> None:
        stage(data, "mql")["entry"]["all"][0]["any"][0]["value"] = list(values)

    return change


def test_any_two_versions_compare(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    # Given MQL asking for A or B, then for A alone, then for B alone
    second = publish_change(playbook, "glossary", grades("A"), now=EARLIER)
    publish_change(second, "glossary", grades("B"), now=EARLIER + DAY)
    client.force_login(cast.sdr)
    base = "/changelog/glossary/compare/"

    on, back = text_of(client, f"{base}?a=1&b=2"), text_of(client, f"{base}?a=2&b=1")

    assert "tightened" in on
    assert "<del>or B</del>" in on
    assert "loosened" in back
    assert "<ins>or B</ins>" in back
    assert "<ins>B</ins>" in text_of(client, base)
    assert "one and the same" in text_of(client, f"{base}?a=2&b=2")


@pytest.mark.parametrize("query", ["?a=9&b=1", "?a=x", "?a=-1&b=1", "?a=0&b=1", "?a=²", "?a=999999999999"])
def test_versions_that_there_are_not(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, query: str
) -> None:
    client.force_login(cast.sdr)

    assert "There is no version" in text_of(client, f"/changelog/scoring/compare/{query}")


def test_forged_rows_are_shown_as_such(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=EARLIER, title="Raise the bar")
    publish_change(second, "scoring", threshold(72), now=EARLIER + DAY)
    client.force_login(cast.sdr)
    assert (
        "does not match"
        not in text_of(client, "/changelog/") + client.get("/changelog/feed/").content.decode()
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE glossary_policyversion SET why = 'Forged.' WHERE title = 'Raise the bar'")
    forget()

    assert "does not match its seal" in text_of(client, "/changelog/?workstream=scoring")
    assert "Forged." not in client.get("/changelog/feed/").content.decode()
    assert client.get("/changelog/scoring/2/").status_code == 503


def test_the_feed_is_valid_and_its_links_lead_here(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, settings: Settings
) -> None:
    settings.SITE_URL = "https://concord.example.com/"
    approved(playbook, "scoring", threshold(70), ApprovedWarrant())
    client.force_login(cast.sdr)

    response = client.get("/changelog/feed/?workstream=scoring")
    root = ET.fromstring(response.content)
    entries = root.findall(f"{ATOM}entry")

    def said(name: str) -> str:
        return entries[0].findtext(f"{ATOM}{name}") or ""

    links = [link.attrib["href"] for link in root.iter(f"{ATOM}link")]

    assert response["Content-Type"].startswith("application/atom+xml")
    assert root.tag == f"{ATOM}feed"
    assert [e.findtext(f"{ATOM}title") for e in entries] == [
        "Scoring & ICP v2: Raise the bar",
        "Scoring & ICP v1: Standard playbook",
    ]
    assert "https://concord.example.com/changelog/scoring/2/" in links
    assert all(link.startswith("https://concord.example.com/") for link in links)
    assert said(f"author/{ATOM}name") == "Rosa Okafor"
    assert said("updated").startswith("2024-05-01T12:00:00")
    for words in ("Too many MQLs were turned down.", "65", "70"):
        assert words in said("summary")
    assert said("id").startswith("urn:uuid:")
    assert len({e.findtext(f"{ATOM}id") for e in entries}) == 2


def test_who_was_asked_acknowledges_once(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given a version that the rep was asked to read
    version = PolicyVersion.objects.get(workstream="scoring", number=1)
    asked = Acknowledgement.objects.create(version=version, user=cast.sdr, asked_at=EARLIER)
    client.force_login(cast.sdr)
    assert "I have read this" in text_of(client, "/changelog/scoring/1/")

    # When they say so, twice
    for _ in range(2):
        response = client.post("/changelog/scoring/1/acknowledge/")
        assert response["Location"] == "/changelog/scoring/1/"

    asked.refresh_from_db()
    text = text_of(client, "/changelog/scoring/1/")
    assert asked.acknowledged_at is not None
    assert "I have read this" not in text
    assert "1 of 1 people" in text
    # And who was not asked has nothing to say
    client.force_login(cast.ae)
    assert "I have read this" not in text_of(client, "/changelog/scoring/1/")
    assert client.post("/changelog/scoring/1/acknowledge/").status_code == 403
    assert client.get("/changelog/scoring/1/acknowledge/").status_code == 405
    assert client.post("/changelog/scoring/9/acknowledge/").status_code == 404
