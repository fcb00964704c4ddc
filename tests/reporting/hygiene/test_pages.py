"""The hygiene pages: everyone reads them, everyone counts and opens only the leads that they see."""

import csv
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead
from tests.glossary.amending import publish_change
from tests.reporting.browsing import signed_in
from tests.reporting.hygiene.people import contract_with_every_type, crowd
from tests.support import NOW

pytestmark = pytest.mark.django_db
EVERYONE = (
    "sdr",
    "ae",
    "manager",
    "revops",
    "cro",
    "cmo",
    "finance",
    "marketing_ops",
    "analytics",
    "enablement",
)
PAGES = (
    "hygiene/",
    "hygiene/?since=2026-09&until=2026-10",
    "hygiene/fields/company/",
    "hygiene/fields/industry/",
    "hygiene/leads/?field=company&gap=missing",
    "hygiene/leads/?field=company&gap=only",
    "hygiene/leads/?field=plan&gap=among&stage=mql&source=event&month=2026-10",
    "hygiene.csv",
    "hygiene/leads.csv?field=company&gap=missing",
)


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(f"/reports/{path}")
    assert response.status_code == status, path
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else response.content
    return " ".join(body.decode().split(" "))


def rows(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(client, path))))


def flat(page: str) -> str:
    return " ".join(page.split())


@pytest.fixture
def edition(playbook: EditionInForce) -> EditionInForce:
    return publish_change(playbook, "glossary", contract_with_every_type, now=NOW - timedelta(days=300))


def lead_of(owner: User | None, name: str, **values: object) -> Lead:
    """An inquiry that only its company holds back, recognisable in every cell."""
    given = {
        "stage": "inquiry", "email": f"{name.lower()}@corp.example", "email_status": "valid", "region": "emea",
        "source": f"source-{name}", "consent": "granted", "last_name": name, "captured_at": NOW, "recorded_at": NOW,
    }  # fmt: skip
    return Lead.objects.create(owner=owner, **{**given, **values})


@pytest.mark.parametrize("name", EVERYONE)
def test_everyone_reads_them(edition: EditionInForce, cast: SimpleNamespace, name: str) -> None:
    crowd(40, edition, 5, (cast.sdr, cast.sdr_b, None))
    client = signed_in(getattr(cast, name))

    for path in PAGES:
        text(client, path)


def test_nobody_reads_them_without_signing_in(edition: EditionInForce) -> None:
    for path in PAGES:
        assert Client().get(f"/reports/{path}").status_code == 302


def test_a_rep_sees_no_other_lead_in_any_number_or_cell(
    edition: EditionInForce, cast: SimpleNamespace
) -> None:
    for number in range(3):
        lead_of(cast.sdr, f"Mine{number}")
    for number in range(4):
        lead_of(cast.sdr_b, f"Theirs{number}", industry=f"odd-Theirs{number}")
    seen = ("hygiene/", "hygiene/fields/company/", "hygiene/fields/industry/", "hygiene/fields/source/",
            "hygiene/leads/?field=company&gap=only", "hygiene/leads/?field=industry&gap=invalid",
            "hygiene/leads/?field=company&gap=only&source=source-Other", "hygiene.csv",
            "hygiene/leads.csv?field=company&gap=only", "hygiene/leads.csv?field=industry&gap=invalid")  # fmt: skip

    for path in seen:
        page = text(signed_in(cast.sdr), path)
        assert "theirs" not in page.lower(), path
    assert "3 of 3 leads on their way are held back" in flat(text(signed_in(cast.sdr), "hygiene/"))
    assert "4 of 4 leads on their way are held back" in flat(text(signed_in(cast.sdr_b), "hygiene/"))
    assert "7 of 7 leads on their way are held back" in flat(text(signed_in(cast.revops), "hygiene/"))
    assert len(rows(signed_in(cast.revops), "hygiene/leads.csv?field=company&gap=only")) == 7
    # The negative control: without the filter their names would stand there.
    assert "Theirs" in text(signed_in(cast.revops), "hygiene/fields/industry/")


@pytest.mark.parametrize(
    ("name", "leads"),
    [("sdr", 2), ("sdr_b", 1), ("manager", 2), ("revops", 4), ("finance", 4), ("enablement", 0)],
)
def test_the_list_and_the_download_hold_the_leads_one_may_see(
    edition: EditionInForce, cast: SimpleNamespace, name: str, leads: int
) -> None:
    for owner in (cast.sdr, cast.sdr, cast.sdr_b, None):
        lead_of(owner, f"Lead{Lead.objects.count()}")
    client = signed_in(getattr(cast, name))

    page = text(client, "hygiene/leads/?field=company&gap=only")

    assert page.count('data-label="Lead"') == leads
    found = rows(client, "hygiene/leads.csv?field=company&gap=only")
    assert [row["held_only_by"] for row in found] == ["Company"] * leads
    counted = rows(client, "hygiene.csv")
    assert sum(int(row["only"]) for row in counted if row["field"] == "company") == leads


def test_no_spreadsheet_computes_a_cell(edition: EditionInForce, cast: SimpleNamespace) -> None:
    lead_of(cast.sdr, "=cmd()", source="+SUM(1)", industry="@odd")

    lead = rows(signed_in(cast.sdr), "hygiene/leads.csv?field=industry&gap=invalid")[0]
    rate = rows(signed_in(cast.sdr), "hygiene.csv")[0]

    assert (lead["name"], lead["source"], lead["value"]) == ("'=cmd()", "'+SUM(1)", "'@odd")
    assert rate["source"] == "'+SUM(1)"


def test_merged_and_suppressed_leads_are_left_out(edition: EditionInForce, cast: SimpleNamespace) -> None:
    survivor = lead_of(cast.sdr, "Anna")
    lead_of(cast.sdr, "Annie", merged_into=survivor, merged_at=NOW)
    lead_of(cast.sdr, "Bert", suppressed=True)

    page = flat(text(signed_in(cast.sdr), "hygiene/"))

    assert "1 of 1 leads on their way are held back" in page
    assert [row["name"] for row in rows(signed_in(cast.sdr), "hygiene/leads.csv?field=company&gap=only")] == [
        "Anna"
    ]


def test_the_page_says_when_whose_and_by_which_rule(edition: EditionInForce, cast: SimpleNamespace) -> None:
    lead_of(cast.sdr, "Anna")

    own, every = (flat(text(signed_in(user), "hygiene/?since=2026-11")) for user in (cast.sdr, cast.cro))

    for page in (own, every):
        assert "As of" in page
        assert "glossary version 2" in page
        assert "months of capture in Europe/London" in page
        assert "Counted are leads captured on or after 2026-11-01." in page
        assert "Company costs most: 1 only by it, 0 by it among others." in page
    assert "The leads that you see" in own
    assert "All leads" in every


def test_without_leads_it_says_what_to_do(edition: EditionInForce, cast: SimpleNamespace) -> None:
    client = signed_in(cast.sdr)
    assert "No leads are counted here" in text(client, "hygiene/")
    assert "No leads are counted here" in text(client, "hygiene/fields/company/")
    assert "No leads are behind this number" in text(client, "hygiene/leads/?field=company&gap=missing")
    lead_of(cast.sdr, "Anna")
    assert "Show all of it" in text(client, "hygiene/?until=2020-01")


def test_a_wrong_period_says_what_is_wrong(edition: EditionInForce, cast: SimpleNamespace) -> None:
    lead_of(cast.sdr, "Anna")
    assert "Give a month such as 2018-01" in text(signed_in(cast.sdr), "hygiene/?since=soon")


@pytest.mark.parametrize(
    "path",
    [
        "hygiene/fields/nonsense/",
        "hygiene/leads/",
        "hygiene/leads/?field=company",
        "hygiene/leads/?field=company&gap=nonsense",
        "hygiene/leads/?field=icp_grade&gap=missing",
        "hygiene/leads/?field=company&gap=only&stage=moon",
        "hygiene/leads/?field=company&gap=only&month=2026-13",
        "hygiene/leads/?field=company&gap=only&month=0001-01",
        "hygiene/leads/?field=company&gap=only&source=a%00b",
        "hygiene/leads.csv?field=nonsense&gap=only",
    ],
)
def test_what_is_not_there_is_a_404(edition: EditionInForce, cast: SimpleNamespace, path: str) -> None:
    text(signed_in(cast.revops), path, 404)


def test_they_only_read(edition: EditionInForce, cast: SimpleNamespace) -> None:
    for path in PAGES:
        response = signed_in(cast.revops).post(f"/reports/{path}")
        assert response.status_code == 405


MOST_QUERIES = {
    "hygiene/": 10,
    "hygiene/fields/company/": 9,
    "hygiene/leads/?field=company&gap=only": 9,
    "hygiene.csv": 9,
}


@pytest.mark.parametrize("path", MOST_QUERIES)
def test_the_number_of_queries_grows_with_nothing(
    edition: EditionInForce,
    cast: SimpleNamespace,
    path: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    crowd(120, edition, 6, (cast.sdr,))
    client = signed_in(cast.revops)

    with django_assert_max_num_queries(MOST_QUERIES[path]):
        text(client, path)


def test_without_policies_the_page_says_so(cast: SimpleNamespace) -> None:
    assert "publish_playbook" in text(signed_in(cast.cro), "hygiene/", 503)
