"""verify_policies names the first bad link of versions and editions."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from glossary.models import PolicyVersion, VersionTouch
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, threshold
from tests.support import NOW


@pytest.fixture
def three(playbook: EditionInForce) -> EditionInForce:
    """Three editions, and with them three versions of scoring."""
    second = publish_change(playbook, "scoring", threshold(70), now=NOW)
    third = publish_change(second, "scoring", threshold(75), now=NOW)
    # The database lets nobody delete a version that the index of touched stages refers to; a forger empties it.
    VersionTouch.objects.all().delete()
    return third


def run(*arguments: str) -> str:
    """Run verify_policies and give back what it prints."""
    out = io.StringIO()
    call_command("verify_policies", *arguments, stdout=out)
    return out.getvalue()


def sql(statement: str) -> None:
    """Run statements past the ORM."""
    with connection.cursor() as cursor:
        for part in statement.split(";"):
            cursor.execute(part)


def swap(table: str, where: str) -> str:
    """Statements that exchange the numbers 1 and 2."""
    moves = ((1, 99), (2, 1), (99, 2))
    return ";".join(f"UPDATE {table} SET number = {b} WHERE number = {a}{where}" for a, b in moves)


def copy_of(number: int) -> Callable[[], None]:
    """Inserts a copy of a scoring version as the next one of its line."""

    def insert() -> None:
        row = PolicyVersion.objects.get(workstream="scoring", number=number)
        last = PolicyVersion.objects.filter(workstream="scoring").latest("number")
        row.pk, row.number, row.previous_seal = None, last.number + 1, last.seal
        row.save(force_insert=True)

    return insert


VERSIONS, EDITIONS = "glossary_policyversion", "glossary_edition"
SCORING = " AND workstream = 'scoring'"
BROKEN: dict[str, tuple[str | Callable[[], None], str]] = {
    "version edited": (f"UPDATE {VERSIONS} SET why = 'other' WHERE number = 2{SCORING}", "scoring v2"),
    "name of the publisher edited": (
        f"UPDATE {VERSIONS} SET published_by_name = 'Eve' WHERE number = 2{SCORING}",
        "scoring v2",
    ),
    "warrant edited": (f"UPDATE {VERSIONS} SET warrant = '{{}}' WHERE number = 2{SCORING}", "scoring v2"),
    "first version deleted": (f"DELETE FROM {VERSIONS} WHERE number = 1{SCORING}", "scoring v1"),
    "middle version deleted": (f"DELETE FROM {VERSIONS} WHERE number = 2{SCORING}", "scoring v2"),
    "newest version cut off": (f"DELETE FROM {VERSIONS} WHERE number = 3{SCORING}", "edition 3"),
    "versions swapped": (swap(VERSIONS, SCORING), "scoring v1"),
    "version inserted": (copy_of(1), "scoring v4"),
    "version moved to another line": (
        f"UPDATE {VERSIONS} SET workstream = 'charter', number = 2 WHERE number = 3{SCORING}",
        "charter v2",
    ),
    "version hidden in an unknown line": (
        f"UPDATE {VERSIONS} SET workstream = 'other' WHERE number = 3{SCORING}",
        "other v3",
    ),
    "edition edited": (
        f"UPDATE {EDITIONS} SET in_force_from = '2025-01-01 00:00:00+00:00' WHERE number = 2",
        "edition 2",
    ),
    "edition deleted": (f"DELETE FROM {EDITIONS} WHERE number = 2", "edition 2"),
    "newest edition cut off": (f"DELETE FROM {EDITIONS} WHERE number = 3", "scoring v3"),
    "editions swapped": (swap(EDITIONS, ""), "edition 1"),
}


def test_sound_policies_verify(three: EditionInForce) -> None:
    assert run() == "Verified: 8 policy versions and 3 editions are as they were published.\n"


@pytest.mark.parametrize("case", BROKEN)
def test_the_first_bad_link_is_named(three: EditionInForce, case: str) -> None:
    deed, link = BROKEN[case]
    sql(deed) if isinstance(deed, str) else deed()

    with pytest.raises(CommandError, match=f"^{link} is not what was published") as refused:
        run()
    assert refused.value.returncode == 1


def test_cutting_off_the_newest_together_shows_against_an_exported_head(
    three: EditionInForce, tmp_path: Path
) -> None:
    # Given a head that was exported and kept elsewhere
    head = tmp_path / "head.json"
    head.write_text(run("--export-head"))
    assert "Verified" in run("--against", str(head))

    # When the newest edition and its version vanish together
    sql(f"DELETE FROM {EDITIONS} WHERE number = 3; DELETE FROM {VERSIONS} WHERE number = 3{SCORING}")

    # Then what is left verifies by itself, and only the head shows the gap
    assert "Verified" in run()
    with pytest.raises(CommandError, match=r"^scoring v3 .* the exported head knows it"):
        run("--against", str(head))


def test_later_versions_do_not_trouble_an_old_head(three: EditionInForce, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    head.write_text(run("--export-head"))

    publish_change(three, "scoring", threshold(80), now=NOW)

    assert "4 editions" in run("--against", str(head))


def test_a_head_made_up_by_somebody_else_is_refused(three: EditionInForce, tmp_path: Path) -> None:
    made_up = json.loads(run("--export-head"))
    made_up["edition"]["number"] = 2
    head = tmp_path / "head.json"
    head.write_text(json.dumps(made_up))

    with pytest.raises(CommandError, match="signature of this head"):
        run("--against", str(head))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"signature": 1, "key_id": 2}', "\x00"])
def test_a_file_that_is_no_head_is_refused(three: EditionInForce, tmp_path: Path, text: str) -> None:
    head = tmp_path / "head.json"
    head.write_text(text)

    with pytest.raises(CommandError, match="no exported head"):
        run("--against", str(head))


def test_a_missing_head_file_is_named(three: EditionInForce, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.json cannot be read"):
        run("--against", str(tmp_path / "absent.json"))


def test_nothing_published_is_sound_and_has_no_head(db: None) -> None:
    assert "0 policy versions" in run()
    with pytest.raises(CommandError, match="no head to export"):
        run("--export-head")


@pytest.mark.parametrize("versions", ["[]", "null", '"x"', '{"charter": [1]}', '{"charter": null}'])
def test_an_edition_of_another_shape_is_named(three: EditionInForce, versions: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE glossary_edition SET versions = %s WHERE number = 2", [versions])
    with pytest.raises(CommandError, match=r"^edition 2 is not what was published"):
        run()
