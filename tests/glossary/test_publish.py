"""Publishing is one act: checked, sealed, and wholly done or not at all."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection

from glossary.engine.seal import canonical_json, digest
from glossary.exceptions import DocumentRefused, PublishRefused
from glossary.models import Edition, PolicyVersion
from glossary.queries.editions import edition_at
from glossary.queries.verify import verify_everything
from glossary.services.playbook import publish_playbook, read_playbook
from glossary.services.publish import FoundingWarrant, publish
from glossary.types import EditionInForce, Publication
from tests.glossary.amending import amended, publish_change, stage, threshold
from tests.support import NOW, FreeWarrant

SAYING = Publication("A change", "Because")


class Refusing(FreeWarrant):
    """A warrant that allows one content only."""

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed

    def allow(self, digests: Any) -> None:
        if set(digests.values()) != {self.allowed}:
            raise PublishRefused("These contents were not approved.")


def state() -> tuple[int, int]:
    return PolicyVersion.objects.count(), Edition.objects.count()


def test_one_document_makes_one_version_and_one_edition(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    scoring = amended(read_playbook()["scoring"], "scoring", threshold(70))

    edition = publish({"scoring": scoring}, SAYING, acting_user=cast.cro, warrant=FreeWarrant(), now=NOW)

    row = PolicyVersion.objects.get(workstream="scoring", number=2)
    assert state() == (7, 2)
    assert edition.versions["scoring"] == 2
    assert (row.published_by, row.published_by_name, row.warrant) == (cast.cro, "cro", {"kind": "test"})
    assert (row.title, row.why, row.in_force_from, row.published_at) == ("A change", "Because", NOW, NOW)
    assert row.previous_seal == PolicyVersion.objects.get(workstream="scoring", number=1).seal
    assert verify_everything().versions == 7


def test_two_documents_that_need_each_other_go_together(playbook: EditionInForce) -> None:
    def renamed(data: dict[str, Any]) -> None:
        data["thresholds"] = {"ready": 65}

    def following(data: dict[str, Any]) -> None:
        stage(data, "mql")["entry"]["all"][1]["any"][0]["threshold"] = "ready"

    documents = read_playbook()
    both = {
        "scoring": amended(documents["scoring"], "scoring", renamed),
        "glossary": amended(documents["glossary"], "glossary", following),
    }
    # When only one of them is published, then the other's reference would hang
    with pytest.raises(DocumentRefused, match="no threshold 'mql'"):
        publish({"scoring": both["scoring"]}, SAYING, acting_user=None, warrant=FreeWarrant(), now=NOW)
    assert state() == (6, 1)

    # Together they are one edition
    edition = publish(both, SAYING, acting_user=None, warrant=FreeWarrant(), now=NOW)
    assert (edition.number, edition.versions["scoring"], edition.versions["glossary"]) == (2, 2, 2)


def test_a_warrant_is_for_exactly_one_content(playbook: EditionInForce) -> None:
    approved = amended(read_playbook()["scoring"], "scoring", threshold(70))
    other = amended(read_playbook()["scoring"], "scoring", threshold(71))
    warrant = Refusing(digest(canonical_json(approved)))

    with pytest.raises(PublishRefused, match="not approved"):
        publish({"scoring": other}, SAYING, acting_user=None, warrant=warrant, now=NOW)
    assert state() == (6, 1)
    assert publish({"scoring": approved}, SAYING, acting_user=None, warrant=warrant, now=NOW).number == 2


def test_an_organisation_is_founded_once(playbook: EditionInForce) -> None:
    scoring = amended(read_playbook()["scoring"], "scoring", threshold(70))
    with pytest.raises(PublishRefused, match="nothing to found"):
        publish({"scoring": scoring}, SAYING, acting_user=None, warrant=FoundingWarrant(), now=NOW)
    assert publish_playbook(now=NOW) == playbook
    assert state() == (6, 1)


def test_the_founding_needs_all_six(db: None) -> None:
    documents = read_playbook()
    del documents["routing"], documents["charter"]

    with pytest.raises(DocumentRefused) as refused:
        publish(documents, SAYING, acting_user=None, warrant=FoundingWarrant(), now=NOW)
    assert [finding.where for finding in refused.value.findings] == ["charter", "routing"]
    assert state() == (0, 0)


@pytest.mark.parametrize(
    ("begin", "words"),
    [(NOW - timedelta(seconds=1), "has passed"), (NOW - timedelta(days=4000), "has passed")],
)
def test_a_change_is_never_backdated(playbook: EditionInForce, begin: Any, words: str) -> None:
    publication = Publication("A change", "Because", in_force_from=begin)
    scoring = amended(read_playbook()["scoring"], "scoring", threshold(70))

    with pytest.raises(PublishRefused, match=words):
        publish({"scoring": scoring}, publication, acting_user=None, warrant=FreeWarrant(), now=NOW)
    assert state() == (6, 1)


def test_no_edition_begins_before_the_one_it_builds_on(playbook: EditionInForce) -> None:
    later = Publication("Next month", "Because", in_force_from=NOW + timedelta(days=30))
    scoring = amended(read_playbook()["scoring"], "scoring", threshold(70))
    publish({"scoring": scoring}, later, acting_user=None, warrant=FreeWarrant(), now=NOW)

    with pytest.raises(PublishRefused, match="Edition 2 begins on"):
        publish_change(playbook, "scoring", threshold(75), now=NOW)
    assert edition_at(NOW).number == 1
    assert edition_at(NOW + timedelta(days=30)).number == 2


def test_the_same_text_again_is_no_version(playbook: EditionInForce) -> None:
    with pytest.raises(PublishRefused, match="says exactly this already"):
        publish_change(playbook, "scoring", threshold(65), now=NOW)
    assert state() == (6, 1)


@pytest.mark.parametrize(
    ("title", "why"), [("", "Because"), ("  ", "Because"), ("x" * 201, "Because"), ("A", ""), ("A", "a\0b")]
)
def test_title_and_reason_must_be_given(playbook: EditionInForce, title: str, why: str) -> None:
    scoring = amended(read_playbook()["scoring"], "scoring", threshold(70))
    with pytest.raises(PublishRefused, match=r"The (title|why) of a change must be"):
        publish(
            {"scoring": scoring}, Publication(title, why), acting_user=None, warrant=FreeWarrant(), now=NOW
        )
    assert state() == (6, 1)


def test_a_document_under_the_wrong_name_is_refused(playbook: EditionInForce) -> None:
    documents = read_playbook()
    for workstream, words in (
        ("routing", "does not belong here|is no document"),
        ("roting", "no such workstream"),
    ):
        with pytest.raises(DocumentRefused, match=words):
            publish(
                {workstream: documents["scoring"]}, SAYING, acting_user=None, warrant=FreeWarrant(), now=NOW
            )
    with pytest.raises(PublishRefused, match="Nothing was given"):
        publish({}, SAYING, acting_user=None, warrant=FreeWarrant(), now=NOW)


class Crash(Exception):
    """The machine stops."""


def crash_at(statement: int) -> Callable[..., Any]:
    """An execute wrapper that lets some statements pass and then stops."""
    passed = 0

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal passed
        passed += 1
        if passed == statement:
            raise Crash(sql)
        return execute(sql, *rest)

    return wrapper


@pytest.mark.django_db(transaction=True)
def test_a_crash_at_any_statement_leaves_the_old_or_the_new() -> None:
    playbook = publish_playbook(now=NOW)
    crashed = 0
    for statement in range(1, 100):
        try:
            with connection.execute_wrapper(crash_at(statement)):
                publish_change(playbook, "scoring", threshold(70), now=NOW)
            break
        except Crash:
            crashed += 1
            versions, editions = state()
            assert (versions, editions) in {(6, 1), (7, 2)}
            assert verify_everything().editions == editions
            if editions == 2:
                break
    assert crashed > 5
    assert state() == (7, 2)


def test_two_versions_cannot_follow_the_same_one(playbook: EditionInForce) -> None:
    publish_change(playbook, "scoring", threshold(70), now=NOW)
    row = PolicyVersion.objects.get(workstream="scoring", number=2)
    row.pk, row.number = None, 3

    with pytest.raises(IntegrityError):
        row.save(force_insert=True)
