"""Policies as files: export, propose, compare; what comes out goes in again."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from glossary import registry
from glossary.choices import RequestState, Workstream
from glossary.engine.policy_files import FileUnreadable, read_policy_file, schema_text
from glossary.engine.seal import canonical_json
from glossary.models import ChangeRequest
from glossary.queries.proposals import proposal_of
from glossary.services.opening import version_document
from glossary.services.submitting import submit
from glossary.types import EditionInForce
from tests.glossary.amending import publish_change, stage, threshold
from tests.support import NOW, ROOT

SCHEMAS = ROOT / "docs" / "schemas"


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("policy", *words, stdout=out)
    return out.getvalue()


def propose(path: Path, text: str, username: str, *more: str) -> str:
    path.write_text(text, encoding="utf-8")
    return run("propose", str(path), "--title", "From a file", "--why", "Because.", "--as", username, *more)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("workstream", Workstream.values)
def test_what_is_exported_reads_back_as_the_same_document(
    playbook: EditionInForce, workstream: str, form: str
) -> None:
    found = read_policy_file(run("export", workstream, "--format", form))

    assert (found.workstream, found.base_number) == (workstream, 1)
    again = registry.parse(workstream, found.data)
    assert canonical_json(again) == canonical_json(version_document(workstream, 1))


@pytest.mark.django_db
def test_an_older_version_is_exported_by_its_number(playbook: EditionInForce) -> None:
    publish_change(playbook, "scoring", threshold(70), now=timezone.now())

    assert "mql: 70.0" in run("export", "scoring")
    assert "mql: 65.0" in run("export", "scoring", "--version", "1")
    with pytest.raises(CommandError, match="There is no scoring v9"):
        run("export", "scoring", "--version", "9")


@pytest.mark.django_db
def test_a_file_becomes_an_ordinary_change_request(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path
) -> None:
    text = run("export", "scoring").replace("mql: 65.0", "mql: 70.0")

    said = propose(tmp_path / "scoring.yaml", text, "marketing_ops", "--submit")

    request = ChangeRequest.objects.get()
    assert f"/changes/{request.pk}/" in said
    assert (request.state, request.author) == (RequestState.IN_REVIEW, cast.marketing_ops)
    assert request.signoffs.owed().filter(duty="approve", role="cmo").exists()


@pytest.mark.django_db
def test_who_may_not_propose_may_not_by_file_either(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path
) -> None:
    text = run("export", "glossary")
    with pytest.raises(CommandError, match="Responsible for the glossary"):
        propose(tmp_path / "g.yaml", text, "sdr")
    with pytest.raises(CommandError, match="no active account 'nobody'"):
        propose(tmp_path / "g.yaml", text, "nobody")
    assert not ChangeRequest.objects.exists()


@pytest.mark.django_db
def test_a_file_made_from_an_older_version_is_merged_with_what_came_since(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path
) -> None:
    text = run("export", "glossary").replace("name: Sales Qualified Lead", "name: Sales lead")

    def rename(data: dict) -> None:  # type: ignore[type-arg]
        stage(data, "mql")["name"] = "Marketing lead"

    publish_change(playbook, "glossary", rename, now=timezone.now())
    propose(tmp_path / "g.yaml", text, "revops")

    request = ChangeRequest.objects.get()
    assert request.base_number == 1
    found = proposal_of(request, NOW)
    assert [d.label for d in found.differences] == ["Sales lead"]
    submit(request.pk, acting_user=cast.revops, now=NOW)
    assert '"Marketing lead"' in ChangeRequest.objects.get().content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("workstream: sales\ndocument: {}", "no such workstream"),
        ("workstream: scoring", "the document must be a mapping"),
        ("workstream: scoring\nbase_version: soon\ndocument: {}", "not a version number"),
        (
            "workstream: scoring\nbase_version: 7\ndocument: {fit: [], intent: [], thresholds: {}}",
            "scoring v7",
        ),
        (
            "workstream: scoring\ndocument: {fit: [], intent: [], thresholds: {}, colour: red}",
            "scoring.colour",
        ),
        ("[" * 5000, "nested too deeply"),
        ("workstream: scoring\ndocument: &a {x: [*a, *a]}", "aliases"),
        ("a: b: c", "not readable YAML"),
        (
            "workstream: scoring\ndocument: {fit: [], intent: [], thresholds: {}, group_caps: {web: 9}}",
            "^scoring: group caps without",
        ),
        ("? {a: b}\n: c", "a key must be a word"),
        ('workstream: scoring\ndocument: {groups: "\\ud800"}', "half of a character"),
        ("x" * 1_000_001, "1,000,000 at most"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        propose(tmp_path / "f.yaml", text, "revops")
    assert not ChangeRequest.objects.exists()


@pytest.mark.django_db
def test_ten_thousand_conditions_are_refused(
    playbook: EditionInForce, cast: SimpleNamespace, tmp_path: Path
) -> None:
    one = "{kind: firmographic, field: employees, op: at_least, value: 5}"
    many = ", ".join([one] * 10_000)
    tier = f"{{grade: A, when: {{none: [{many}]}}}}"
    text = f"workstream: scoring\ndocument: {{fit: [{tier}], intent: [], thresholds: {{}}}}"
    with pytest.raises(CommandError, match="10000 criteria; at most 200"):
        propose(tmp_path / "f.yaml", text, "revops")


@pytest.mark.django_db
def test_two_versions_are_compared_in_words(playbook: EditionInForce, tmp_path: Path) -> None:
    publish_change(playbook, "scoring", threshold(70), now=timezone.now())
    file = tmp_path / "mine.yaml"
    file.write_text(run("export", "scoring").replace("mql: 70.0", "mql: 80.0"))

    assert "65" in run("diff", "scoring@1", "scoring@2")
    assert "80" in run("diff", "scoring", str(file))
    assert run("diff", "scoring", "scoring@2") == "They say the same.\n"
    with pytest.raises(CommandError, match="compare two of one workstream"):
        run("diff", "scoring", "routing")


@pytest.mark.parametrize("workstream", Workstream.values)
def test_the_published_schema_is_the_one_that_is_enforced(workstream: str) -> None:
    document_class = registry.document_type(workstream).document_class

    assert (SCHEMAS / f"{workstream}.json").read_text() == schema_text(workstream, document_class), (
        f"run: manage.py policy schema {workstream} > docs/schemas/{workstream}.json"
    )


def test_a_file_without_an_envelope_is_told_what_it_needs() -> None:
    with pytest.raises(FileUnreadable, match="workstream:"):
        read_policy_file("- just\n- a list")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        ("export", "scoring", "--version", "0"),
        ("diff", "scoring@²", "scoring"),
        ("diff", "scoring@0", "scoring"),
    ],
)
def test_a_version_that_is_none_is_refused_by_name(playbook: EditionInForce, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"no scoring v0|scoring@3"):
        run(*words)
