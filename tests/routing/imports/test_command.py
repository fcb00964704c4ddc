"""The command: a summary that adds up, one-line errors, exit codes."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from routing.models import ImportBatch, ImportMapping, Lead
from routing.services.imports.start import save_mapping
from tests.routing.imports.files import csv_bytes, history_mapping

pytestmark = pytest.mark.usefixtures("playbook")
MAPPING = """
mode: leads
external_system: old_crm
columns: {id: {external_id: true}, email: {field: email}, mql: {stage_entered: mql}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file of three rows, one of them bad, and its mapping."""
    rows = csv_bytes("id,email,mql", "1,a@example.com,2025-01-01", "2,,2025-01-02", "3,bad,2025-01-03")
    (tmp_path / "leads.csv").write_bytes(rows)
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def test_summary_and_kept_mapping(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_leads", folder / "leads.csv", mapping=str(folder / "map.yaml"), save_mapping="old")
    out = capsys.readouterr().out
    assert "3 of 3 rows" in out
    assert "3 rows read = 2 created + 0 updated + 0 unchanged + 1 quarantined" in out
    assert "/leads/quarantine/" in out
    call_command("import_leads", folder / "leads.csv", mapping="old")
    assert "2 unchanged" in capsys.readouterr().out
    assert ImportMapping.objects.get().name == "old"


def test_dry_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_leads", folder / "leads.csv", mapping=str(folder / "map.yaml"), dry_run=True)
    out = capsys.readouterr().out
    assert "2 would be created" in out
    assert "row 3, email" in out
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("file", "mapping", "words"),
    [
        ("nowhere.csv", "map.yaml", "cannot be read: No such file"),
        ("leads.csv", "nowhere.yaml", "cannot be read: No such file"),
        ("noise.csv", "map.yaml", "no text has"),
        ("other.csv", "map.yaml", "no column 'id'"),
        ("leads.csv", "noise.yaml", "no text in UTF-8"),
        ("leads.csv", "stage.yaml", "Known stages: inquiry, lead, mql"),
        (".", "map.yaml", "Is a directory"),
    ],
)
def test_refusals(file: str, mapping: str, words: str, folder: Path) -> None:
    (folder / "noise.csv").write_bytes(bytes(range(256)) * 40)
    (folder / "noise.yaml").write_bytes(b"\xff\xfe\x81")
    (folder / "other.csv").write_bytes(csv_bytes("a,b", "1,2"))
    (folder / "stage.yaml").write_text(MAPPING.replace("mql}", "mqll}"), encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("import_leads", folder / file, mapping=str(folder / mapping))
    assert not Lead.objects.exists()


def test_an_unknown_mapping_names_the_known_ones(folder: Path) -> None:
    save_mapping("hubspot", history_mapping(), acting_user=None)
    with pytest.raises(CommandError, match=r"no mapping called 'hubspt'\. Known mappings: hubspot"):
        call_command("import_leads", folder / "leads.csv", mapping="hubspt")
    assert not ImportBatch.objects.exists()
