"""Somebody with the database in hand changes what was published: it is refused, named and logged."""

import logging

import pytest
from django.db import connection
from pytest_django import Settings

from glossary.engine.documents import GlossaryDocument
from glossary.engine.seal import digest, key_id, sign
from glossary.exceptions import ForgedPolicy
from glossary.models import Edition, PolicyVersion
from glossary.models.append_only import AppendOnlyError
from glossary.queries.chain import edition_header, version_header
from glossary.queries.editions import edition_at, forget, version_seals
from glossary.queries.verify import verify_everything
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, threshold
from tests.support import NOW


def sql(statement: str, *values: str | int) -> None:
    """Run one statement past the ORM; it must change exactly one row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def loosen_consent() -> None:
    """Let people without consent become MQLs."""
    row = PolicyVersion.objects.get(workstream="glossary")
    content = row.content.replace('"value":"granted"', '"value":"denied"')
    assert content != row.content
    sql("UPDATE glossary_policyversion SET content = %s WHERE id = %s", content, row.pk)


def test_a_running_process_keeps_what_it_verified(playbook: EditionInForce) -> None:
    before = edition_at(NOW).document(GlossaryDocument)

    loosen_consent()

    assert edition_at(NOW).document(GlossaryDocument) == before


def test_a_changed_document_is_refused_and_alarms(
    playbook: EditionInForce, caplog: pytest.LogCaptureFixture
) -> None:
    loosen_consent()
    forget()

    with caplog.at_level(logging.ERROR), pytest.raises(ForgedPolicy, match=r"glossary v1 .* content"):
        edition_at(NOW)
    assert "glossary v1" in caplog.text
    with pytest.raises(ForgedPolicy, match=r"glossary v1 .* content"):
        verify_everything()


def test_control_an_untouched_document_is_not_refused(playbook: EditionInForce) -> None:
    forget()

    assert edition_at(NOW).number == 1
    assert verify_everything().versions == 6


def forge_thoroughly(key: str) -> None:
    """Change a document and recompute digest, seals and signatures of version and edition with `key`."""
    loosen_consent()
    version = PolicyVersion.objects.get(workstream="glossary")
    version.content_digest = digest(version.content)
    version.seal = version_header(version).seal()
    edition = Edition.objects.get()
    seal = edition_header(edition, {**version_seals(), ("glossary", 1): version.seal}).seal()
    update = "UPDATE {} SET seal = %s, signature = %s, key_id = %s WHERE id = %s"
    sql(
        update.format("glossary_policyversion"),
        version.seal,
        sign(version.seal, key),
        key_id(key),
        version.pk,
    )
    sql(update.format("glossary_edition"), seal, sign(seal, key), key_id(key), edition.pk)
    sql(
        "UPDATE glossary_policyversion SET content_digest = %s WHERE id = %s",
        version.content_digest,
        version.pk,
    )
    forget()


def test_a_forger_without_a_key_cannot_sign(playbook: EditionInForce) -> None:
    forge_thoroughly("the forger's own key")

    with pytest.raises(ForgedPolicy, match="signature"):
        edition_at(NOW)
    with pytest.raises(ForgedPolicy, match=r"glossary v1 .* signature"):
        verify_everything()


def test_control_it_is_the_key_that_protects(playbook: EditionInForce, settings: Settings) -> None:
    # Given the protection off: the forger's key is among ours
    forge_thoroughly("the forger's own key")
    settings.POLICY_KEYS = [*settings.POLICY_KEYS, "the forger's own key"]

    # Then the forged document is taken
    assert edition_at(NOW).number == 1


def test_a_forged_edition_is_not_silently_replaced_by_the_one_before(playbook: EditionInForce) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=NOW)
    sql("UPDATE glossary_edition SET in_force_from = '2099-01-01 00:00:00+00:00' WHERE id = %s", second.id)

    with pytest.raises(ForgedPolicy, match="edition 2"):
        edition_at(NOW)


def test_an_edition_pointed_back_at_an_old_version_is_refused(playbook: EditionInForce) -> None:
    second = publish_change(playbook, "scoring", threshold(70), now=NOW)
    sql(
        "UPDATE glossary_edition SET versions = (SELECT versions FROM glossary_edition WHERE number = 1) "
        "WHERE id = %s",
        second.id,
    )

    with pytest.raises(ForgedPolicy, match="edition 2"):
        edition_at(NOW)


def test_rotating_keys_voids_nothing(playbook: EditionInForce, settings: Settings) -> None:
    settings.POLICY_KEYS = ["a new key", *settings.POLICY_KEYS]

    second = publish_change(playbook, "scoring", threshold(70), now=NOW)

    forget()
    assert edition_at(NOW) == second
    assert verify_everything().editions == 2
    signed_with = set(PolicyVersion.objects.values_list("key_id", flat=True))
    assert signed_with == {key_id(key) for key in settings.POLICY_KEYS}


def test_dropping_the_key_that_signed_refuses(playbook: EditionInForce, settings: Settings) -> None:
    settings.POLICY_KEYS = ["a new key"]
    forget()

    with pytest.raises(ForgedPolicy, match="policy key"):
        edition_at(NOW)


@pytest.mark.parametrize("model", [PolicyVersion, Edition])
def test_the_managers_change_and_delete_nothing(
    playbook: EditionInForce, model: type[PolicyVersion] | type[Edition]
) -> None:
    with pytest.raises(AppendOnlyError):
        model.objects.update(number=7)
    with pytest.raises(AppendOnlyError):
        model.objects.all().delete()
    assert verify_everything().editions == 1
