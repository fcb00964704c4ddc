"""`manage.py policy`: policies as files. Export one, propose one, compare two, print the JSON Schema."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from glossary import registry
from glossary.engine.base import PolicyDocument
from glossary.engine.diff import Difference
from glossary.engine.policy_files import FileUnreadable, policy_text, read_policy_file, schema_text
from glossary.exceptions import DocumentRefused, PolicyError
from glossary.queries.editions import edition_at, memo
from glossary.queries.proposals import changes
from glossary.services.files import FileProposal, propose_file
from glossary.services.opening import version_document
from glossary.services.submitting import submit
from people.models import User


class Command(BaseCommand):
    """Reads and proposes; nothing is approved or published here."""

    help = "Policies as files: export, propose, diff, schema."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, title="acts")
        export = acts.add_parser("export", help="Print a policy as a file.")
        export.add_argument("workstream")
        export.add_argument(
            "--policy-version", "--version", type=int, dest="number", help="Default: in force."
        )
        export.add_argument("--format", choices=("yaml", "json"), default="yaml")
        propose = acts.add_parser("propose", help="Open a change request from a file.")
        propose.add_argument("file", type=Path)
        propose.add_argument("--title", required=True)
        propose.add_argument("--why", required=True)
        propose.add_argument("--as", required=True, dest="username", help="Username of who proposes.")
        propose.add_argument("--submit", action="store_true", help="Also submit it for review.")
        diff = acts.add_parser("diff", help="What changes from A to B, in words.")
        for name in ("a", "b"):
            diff.add_argument(name, help="scoring@3 (a version), scoring (in force), or a policy file.")
        schema = acts.add_parser("schema", help="Print the JSON Schema of a workstream's policy file.")
        schema.add_argument("workstream")

    def handle(self, *args: Any, **options: Any) -> None:
        acts = {"export": _export, "propose": _propose, "diff": _diff, "schema": _schema}
        try:
            with memo():
                self.stdout.write(acts[options["act"]](options), ending="")
        except DocumentRefused as refused:
            raise CommandError("\n".join(f"{f.where}: {f.message}" for f in refused.findings)) from None
        except (PolicyError, FileUnreadable) as error:
            raise CommandError(str(error)) from None


def _export(options: dict[str, Any]) -> str:
    workstream = registry.document_type(options["workstream"]).workstream
    number = options["number"]
    if number is None:
        number = edition_at(timezone.now()).versions[workstream]
    return policy_text(workstream, number, version_document(workstream, number), options["format"])


def _propose(options: dict[str, Any]) -> str:
    user = User.objects.filter(username=options["username"], is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account {options['username']!r}; give a username with --as.")
    now = timezone.now()
    proposal = FileProposal(_text(options["file"]), options["title"], options["why"])
    request = propose_file(proposal, acting_user=user, now=now)
    if options["submit"]:
        request = submit(request.pk, acting_user=user, now=now)
    page = f"{settings.SITE_URL.rstrip('/')}/changes/{request.pk}/"
    return f"Change request {request.pk} ({request.get_state_display().lower()}): {page}\n"


def _diff(options: dict[str, Any]) -> str:
    (first, old), (second, new) = _read(options["a"]), _read(options["b"])
    if first != second:
        raise CommandError(
            f"{options['a']} is of {first}, {options['b']} of {second}; compare two of one workstream."
        )
    found, _ = changes(first, old, new, edition_at(timezone.now()))
    return "".join(map(_lines, found)) or "They say the same.\n"


def _lines(difference: Difference) -> str:
    head = f"{difference.label}: {difference.aspect}" if difference.aspect else difference.label
    gone = [f"  - {line}\n" for line in difference.old if line not in difference.new]
    new = [f"  + {line}\n" for line in difference.new if line not in difference.old]
    return f"[{difference.grade.value}] {head} {difference.kind}\n{''.join(gone)}{''.join(new)}"


def _read(name: str) -> tuple[str, PolicyDocument]:
    """The document that `name` stands for, with its workstream."""
    workstream, _, number = name.partition("@")
    if workstream in registry.document_types():
        if number and not (number.isascii() and number.isdecimal()):
            raise CommandError(f"{name!r}: the version must be a number, such as {workstream}@3.")
        live = edition_at(timezone.now()).versions[workstream]
        return workstream, version_document(workstream, int(number) if number else live)
    found = read_policy_file(_text(Path(name)))
    return found.workstream, registry.parse(found.workstream, found.data)


def _schema(options: dict[str, Any]) -> str:
    kind = registry.document_type(options["workstream"])
    return schema_text(kind.workstream, kind.document_class)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}. Give a policy file in UTF-8.") from None
