"""The glossary page and the page of a stage: the picture, counts, history, older versions, many stages."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from glossary.engine.documents import GlossaryDocument
from glossary.engine.picture import draw
from glossary.engine.warrants import Story, read_warrant
from glossary.types import EditionInForce
from routing.models import Lead
from tests.glossary.amending import amended, publish_change, stage, threshold
from tests.glossary.building import DAY, EARLIER, long_history, many_stages


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return " ".join(response.content.decode().split())


def reworded(data: dict[str, object]) -> None:
    stage(data, "mql")["definition"] = "Worth the time of Sales, in other words."


def lead(name: str, at: str, **extra: object) -> Lead:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return Lead.objects.create(company=name, stage=at, captured_at=now, recorded_at=now, **extra)


def test_counts_are_of_the_leads_one_may_see(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given three MQLs, one of them the rep's own, and one that was merged away
    mine = lead("Mine", "mql", owner=cast.sdr)
    lead("Theirs", "mql", owner=cast.sdr_b)
    lead("Nobody's", "mql")
    lead("Merged", "mql", owner=cast.sdr, merged_into=mine, merged_at=mine.captured_at)

    for user, count in ((cast.sdr, "1 lead"), (cast.revops, "3 leads"), (cast.enablement, "0 leads")):
        client.force_login(user)
        assert f'aria-label="Marketing Qualified Lead, {count}"' in text_of(client, "/glossary/")
    client.force_login(cast.sdr)
    assert '<span class="c-strong">1</span> lead in this stage' in text_of(client, "/glossary/mql/")


def test_an_older_version_stands_under_a_banner(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    # Given a wording of the first of May, 2024 at noon UTC
    publish_change(playbook, "glossary", reworded, now=EARLIER)
    cast.sdr.time_zone = "Asia/Tokyo"
    cast.sdr.save()
    client.force_login(cast.sdr)

    for page in ("/glossary/", "/glossary/mql/"):
        old, new = text_of(client, f"{page}?version=1"), text_of(client, page)
        assert "You read" in old
        assert "superseded on <time" in old
        assert "1 May 2024, 21:00 JST" in old
        assert f'<a class="c-link" href="{page}">version 2</a>' in old
        assert "in other words" not in old
        assert "You read" not in new
        assert "in other words" in new
        assert text_of(client, f"{page}?version=2").count("You read") == 0


def test_an_older_version_is_read_with_the_numbers_of_its_time(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=EARLIER)
    third = publish_change(second, "glossary", reworded, now=EARLIER + DAY)
    publish_change(third, "scoring", threshold(80), now=EARLIER + 2 * DAY)
    client.force_login(cast.sdr)

    assert "Intent score is at least 70" in text_of(client, "/glossary/mql/?version=1")
    assert "Intent score is at least 80" in text_of(client, "/glossary/mql/")


@pytest.mark.parametrize("wanted", ["9", "0", "-1", "x", "1.5", "²", "9" * 40, "%00"])
def test_a_version_that_there_is_not_is_answered_kindly(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, wanted: str
) -> None:
    client.force_login(cast.sdr)

    text = text_of(client, f"/glossary/?version={wanted}")

    assert "There is no version" in text
    assert "This is version 1, which is in force." in text
    assert "Marketing Qualified Lead" in text


def test_a_stage_that_is_gone_is_read_in_the_version_that_had_it(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    second = publish_change(playbook, "glossary", many_stages(11), now=EARLIER)

    def dropped(data: dict[str, list[object]]) -> None:
        del data["stages"][-1], data["moves"][-1]

    publish_change(second, "glossary", dropped, now=EARLIER + DAY)
    client.force_login(cast.sdr)

    assert client.get("/glossary/extra_10/").status_code == 404
    assert "Extra 10" in text_of(client, "/glossary/extra_10/?version=2")
    assert "extra_10 (not defined any more)" in text_of(client, "/changelog/?stage=extra_10")


def test_the_history_of_a_stage_names_what_touched_it(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=EARLIER, title="Raise the bar")
    publish_change(second, "glossary", reworded, now=EARLIER + DAY, title="Plainer words")
    client.force_login(cast.sdr)

    mql, won = client.get("/glossary/mql/"), client.get("/glossary/won/")
    told = [(str(event.version), event.is_direct) for event in mql.context["history"]]

    assert told == [("glossary v2", True), ("scoring v2", False), ("glossary v1", True)]
    assert [str(event.version) for event in won.context["history"]] == ["glossary v1"]
    assert "Raise the bar" in mql.content.decode()


def test_who_may_change_it(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.sdr)

    for page in ("/glossary/", "/glossary/mql/"):
        text = text_of(client, page)
        assert "<dt>Proposes</dt><dd>RevOps</dd>" in text
        assert "<dt>Must approve</dt><dd>CRO and CMO</dd>" in text
        assert "<dt>Validates</dt><dd>Finance" in text


def test_five_hundred_versions_and_three_hundred_stages(
    playbook: EditionInForce,
    cast: SimpleNamespace,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    wide = publish_change(playbook, "glossary", many_stages(300), now=EARLIER)
    long_history(wide, 500)
    client.force_login(cast.revops)
    for address in ("/glossary/", "/glossary/mql/", "/glossary/?version=200", "/glossary/extra_299/"):
        client.get(address)
        with django_assert_max_num_queries(11):
            assert client.get(address).status_code == 200
    text = text_of(client, "/glossary/")
    assert "Extra 299" in text
    # Too many for a picture: the list takes its place
    assert "p-life__box" not in text
    assert "glossary v502" in text
    assert "All changes of this stage" in text_of(client, "/glossary/mql/")


def test_the_page_prints_without_its_frame(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    client.force_login(cast.sdr)
    text = text_of(client, "/glossary/")

    assert '<p class="c-print-only">Glossary v1, edition 1' in text
    assert "css/print.css" in text
    assert text.index("css/policies.css") < text.index("css/print.css")


def test_the_picture_draws_every_stage_and_no_lone_line(playbook: EditionInForce) -> None:
    glossary = playbook.document(GlossaryDocument)

    picture = draw(glossary, {"mql": 12})

    assert picture is not None
    assert {box.stage.key for box in picture.boxes} == set(glossary.stage_by_key)
    assert {box.stage.key: box.count for box in picture.boxes}["mql"] == 12
    assert {box.count for box in picture.boxes} == {0, 12}
    for box in picture.boxes:
        assert 0 <= box.x <= picture.width - 124
        assert 0 <= box.y <= picture.height - 64
    places = {(box.x, box.y) for box in picture.boxes}
    assert len(places) == len(picture.boxes)
    # 23 moves: one line each
    assert len(picture.lines) == len(glossary.moves)
    assert any(line.is_back for line in picture.lines)
    uncounted = draw(glossary)
    assert uncounted is not None
    assert {box.count for box in uncounted.boxes} == {None}


def test_a_lifecycle_that_is_too_wide_is_not_drawn(playbook: EditionInForce) -> None:
    wide = amended(playbook.document(GlossaryDocument), "glossary", many_stages(40))

    assert isinstance(wide, GlossaryDocument)
    assert draw(wide) is None


@pytest.mark.parametrize(
    "warrant",
    [
        None,
        "x",
        [],
        {
            "kind": 7,
            "request": "12",
            "author": None,
            "contributors": "Rosa",
            "signoffs": {"a": 1},
            "emergency": 3,
        },
        {"signoffs": [None, 3, "x"], "contributors": [None, 5], "request": True},
    ],
)
def test_warrants_of_any_shape_are_read(warrant: object) -> None:
    assert read_warrant(warrant) == Story()


def test_a_warrant_tells_its_story() -> None:
    story = read_warrant(
        {
            "kind": "change_request",
            "request": 12,
            "author": "Rosa",
            "contributors": ["Rosa", "Mateo"],
            "signoffs": [{"duty": "approve", "role": "cro", "by": "Carla", "for": "Carl", "at": "yesterday"}],
            "emergency": {"why": "Broken.", "ratify_by": "2026-11-24T10:00:00"},
        }
    )

    assert (story.author, story.others, story.request) == ("Rosa", ("Mateo",), 12)
    assert story.people() == {"Rosa", "Mateo", "Carla", "Carl"}
    assert story.signatures[0].at is None
    assert story.emergency is not None
    # A moment without a zone is none
    assert story.emergency.ratify_by is None
