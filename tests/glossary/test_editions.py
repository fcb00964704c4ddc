"""Which edition is in force at an instant, and how little is read to know it."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from glossary.exceptions import NoPolicyInForce
from glossary.queries.editions import edition_at, edition_by_id, forget, memo, policy_versions
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from tests.glossary.amending import publish_change, threshold
from tests.support import NOW, PLAYBOOK_SINCE

MOMENT = timedelta(microseconds=1)


def test_nothing_published_says_what_to_do(db: None) -> None:
    with pytest.raises(NoPolicyInForce, match="publish_playbook"):
        edition_at(NOW)


def test_before_the_first_edition_there_is_none(playbook: EditionInForce) -> None:
    with pytest.raises(NoPolicyInForce, match="2020-01-01"):
        edition_at(PLAYBOOK_SINCE - MOMENT)
    assert edition_at(PLAYBOOK_SINCE) == playbook


def test_an_edition_holds_from_its_first_instant_on(playbook: EditionInForce) -> None:
    # Given a second edition that begins now
    second = publish_change(playbook, "scoring", threshold(70), now=NOW)

    # Then the instant before is the first one's, and the instant itself the second one's
    assert edition_at(NOW - MOMENT).number == 1
    assert edition_at(NOW) == second
    assert edition_at(NOW + timedelta(days=900)).versions == {**playbook.versions, "scoring": 2}
    assert edition_at(NOW).document(ScoringDocument).thresholds == {"mql": 70}
    assert edition_at(NOW - MOMENT).document(ScoringDocument).thresholds == {"mql": 65}


def test_of_two_that_begin_together_the_later_published_holds(playbook: EditionInForce) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=NOW)
    publish_change(second, "scoring", threshold(75), now=NOW)

    assert edition_at(NOW).number == 3


def test_an_edition_is_found_by_its_id(playbook: EditionInForce) -> None:
    assert edition_by_id(playbook.id) is edition_at(NOW)
    with pytest.raises(NoPolicyInForce, match="no edition with the id 999"):
        edition_by_id(999)


def test_a_warm_process_reads_one_row_set(
    playbook: EditionInForce, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    forget()
    with django_assert_num_queries(3):  # editions, seals of versions, six documents
        edition_at(NOW)
    with django_assert_num_queries(1):
        edition_at(NOW)


def test_within_a_memo_the_line_is_read_once(
    playbook: EditionInForce, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish_change(playbook, "scoring", threshold(70), now=NOW)
    edition_at(PLAYBOOK_SINCE)
    edition_at(NOW)
    with django_assert_num_queries(1), memo():
        numbers = {edition_at(datetime(year, 12, 31, tzinfo=UTC)).number for year in range(2020, 2030)}
        edition_by_id(playbook.id)
    assert numbers == {1, 2}


def test_a_memo_within_a_memo_goes_on_with_it(
    playbook: EditionInForce, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    edition_at(NOW)
    with django_assert_num_queries(1), memo():
        with memo():
            edition_at(NOW)
        edition_at(NOW)


def test_publishing_inside_a_memo_is_seen_at_once(playbook: EditionInForce) -> None:
    with memo():
        assert edition_at(NOW).number == 1
        publish_change(playbook, "scoring", threshold(70), now=NOW)
        assert edition_at(NOW).number == 2


def test_versions_of_a_workstream_newest_first(playbook: EditionInForce) -> None:
    publish_change(playbook, "scoring", threshold(70), now=NOW)

    assert [version.number for version in policy_versions("scoring")] == [2, 1]
    assert policy_versions().count() == 7
