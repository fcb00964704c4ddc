"""Sealing: one text per document, seals that cover every word, signatures that need a key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from glossary import registry
from glossary.engine.seal import EditionHeader, VersionHeader, canonical_json, digest, key_id, sign, verify
from glossary.services.playbook import read_playbook

MOMENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
VERSION = VersionHeader(
    workstream="glossary",
    number=1,
    content_digest="d" * 64,
    title="First",
    why="To begin",
    in_force_from=MOMENT,
    published_at=MOMENT,
    published_by_name="Ada",
    warrant={"kind": "founding"},
    previous_seal="",
)
EDITION = EditionHeader(1, MOMENT, {"glossary": 1}, {"glossary": "s" * 64}, "")


def test_canonical_json_does_not_depend_on_order_or_spaces() -> None:
    assert canonical_json({"b": [1, 2], "a": {"ü": None}}) == '{"a":{"ü":null},"b":[1,2]}'
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"points": number})


@pytest.mark.parametrize(
    "workstream", ["charter", "glossary", "scoring", "routing", "dispositions", "reporting"]
)
def test_a_document_reads_back_to_the_same_text(workstream: str) -> None:
    text = canonical_json(read_playbook()[workstream])

    assert canonical_json(registry.parse(workstream, text)) == text


def test_names_of_the_documents_are_used_not_those_of_the_code() -> None:
    text = canonical_json(read_playbook()["glossary"])

    assert '"from":"inquiry"' in text
    assert "from_" not in text


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("workstream", "scoring"),
        ("number", 2),
        ("content_digest", "e" * 64),
        ("title", "Second"),
        ("why", "To go on"),
        ("in_force_from", MOMENT + timedelta(microseconds=1)),
        ("published_at", MOMENT + timedelta(microseconds=1)),
        ("published_by_name", "Eve"),
        ("warrant", {"kind": "other"}),
        ("previous_seal", "p" * 64),
    ],
)
def test_the_seal_of_a_version_covers(name: str, other: object) -> None:
    assert replace(VERSION, **{name: other}).seal() != VERSION.seal()  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("number", 2),
        ("in_force_from", MOMENT + timedelta(microseconds=1)),
        ("versions", {"glossary": 2}),
        ("version_seals", {"glossary": "t" * 64}),
        ("previous_seal", "p" * 64),
    ],
)
def test_the_seal_of_an_edition_covers(name: str, other: object) -> None:
    assert replace(EDITION, **{name: other}).seal() != EDITION.seal()  # type: ignore[arg-type]  # any field


def test_the_zone_an_instant_is_written_in_does_not_matter() -> None:
    elsewhere = replace(VERSION, in_force_from=MOMENT.astimezone(timezone(timedelta(hours=9))))

    assert elsewhere.seal() == VERSION.seal()


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        replace(VERSION, published_at=MOMENT.replace(tzinfo=None)).seal()


def test_any_known_key_verifies_and_no_other() -> None:
    seal, old, new = digest("x"), "old key", "new key"
    signature = sign(seal, old)

    assert verify(seal, signature, key_id(old), [new, old])
    assert not verify(seal, signature, key_id(old), [new])
    assert not verify(seal, signature, key_id(new), [new, old])
    assert not verify(digest("y"), signature, key_id(old), [new, old])


def test_an_empty_key_neither_signs_nor_verifies() -> None:
    with pytest.raises(ValueError, match="CONCORD_POLICY_KEYS"):
        sign(digest("x"), "")
    assert not verify(digest("x"), "", key_id(""), [""])
