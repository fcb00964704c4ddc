"""The change log: every version with who, when and why, and one version to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery

from glossary import registry
from glossary.choices import Duty
from glossary.engine.documents import GlossaryDocument
from glossary.engine.readable import Entry, Reader
from glossary.engine.warrants import CHANGE_REQUEST, FOUNDING, Signature, Story, read_warrant
from glossary.models import Acknowledgement, ChangeRequest, PolicyVersion
from glossary.queries.chain import check_version, is_genuine
from glossary.queries.editions import edition_with, policy_versions
from glossary.queries.terms import thresholds
from glossary.types import EditionInForce
from people.choices import Role

NEWEST_FIRST = ("-in_force_from", "workstream", "-number")
SIGNED = {
    Duty.APPROVE: "approved",
    Duty.VALIDATE: "validated",
    Duty.CONSULT: "consulted",
    Duty.EMERGENCY: "agreed to the emergency",
}


@dataclass(frozen=True, slots=True)
class Signer:
    """A sign-off in words: what was done, by whom, in which role.

    Attributes:
        role: as people call it; empty = none (a seat of the emergency path).
        back_test: number of the one that a validation rests on; None = none.
    """

    done: str
    by: str
    role: str
    on_behalf_of: str
    at: datetime | None
    back_test: int | None = None


@dataclass(frozen=True, slots=True)
class ReadBy:
    """How many people were asked to read a version, and how many said that they have."""

    asked: int
    done: int

    @property
    def share(self) -> float:
        """Share of 1; 0 when nobody was asked."""
        return self.done / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class LogLine:
    """A version in the change log.

    Attributes:
        state: in force, superseded or scheduled.
        until: since when it is superseded; None = it is not.
        genuine: False = the row is not what was sealed.
        ratification: of an emergency: ratified, owed or overdue; empty = no emergency.
        request: the change request it came from; None = there was none.
        read_by: None = nobody was asked.
    """

    version: PolicyVersion
    state: str
    until: datetime | None
    genuine: bool
    story: Story
    signers: tuple[Signer, ...]
    ratification: str
    request: ChangeRequest | None
    read_by: ReadBy | None

    @property
    def is_founding(self) -> bool:
        """Whether it was published with the first edition."""
        return self.story.kind == FOUNDING

    @property
    def is_request(self) -> bool:
        """Whether it was an approved change request."""
        return self.story.kind == CHANGE_REQUEST


def versions_of(workstream: str = "") -> "QuerySet[PolicyVersion]":
    """Versions for the change log, newest in force first, each with `until`: when its successor began."""
    after = PolicyVersion.objects.filter(workstream=OuterRef("workstream"), number=OuterRef("number") + 1)
    found = policy_versions(workstream).select_related("change_request").order_by(*NEWEST_FIRST)
    return found.annotate(until=Subquery(after.values("in_force_from")[:1]))


def log_lines(versions: Iterable[PolicyVersion], in_force: EditionInForce, now: datetime) -> list[LogLine]:
    """Change-log lines of some versions (a page of `versions_of`). One query."""
    rows = list(versions)
    read_by = _read_by(rows)
    return [_line(version, in_force, now, read_by) for version in rows]


def _line(
    version: PolicyVersion, in_force: EditionInForce, now: datetime, read_by: Mapping[int, ReadBy]
) -> LogLine:
    story, request = read_warrant(version.warrant), getattr(version, "change_request", None)
    state, until = state_of(version, in_force, now), getattr(version, "until", None)
    return LogLine(
        version=version,
        state=state,
        until=until if state == "superseded" else None,
        genuine=is_genuine(version),
        story=story,
        signers=tuple(map(_signer, story.signatures)),
        ratification=_ratification(story, request, now),
        request=request,
        read_by=read_by.get(version.pk),
    )


def state_of(version: PolicyVersion, in_force: EditionInForce, now: datetime) -> str:
    """Whether a version is in force, superseded or scheduled at `now`."""
    if in_force.versions.get(version.workstream) == version.number:
        return "in force"
    return "scheduled" if version.in_force_from > now else "superseded"


def _ratification(story: Story, request: ChangeRequest | None, now: datetime) -> str:
    if story.emergency is None:
        return ""
    if request is not None and request.ratified_at is not None:
        return "ratified"
    due = story.emergency.ratify_by
    return "overdue" if due is not None and due < now else "owed"


def _signer(item: Signature) -> Signer:
    role = "" if item.duty == Duty.EMERGENCY else str(dict(Role.choices).get(item.role, item.role))
    done = SIGNED.get(Duty(item.duty), "signed") if item.duty in Duty.values else "signed"
    return Signer(done, item.by, role, item.on_behalf_of, item.at, item.back_test)


def _read_by(versions: list[PolicyVersion]) -> dict[int, ReadBy]:
    counts = (
        Acknowledgement.objects.filter(version__in=versions)
        .order_by()
        .values_list("version")
        .annotate(asked=Count("pk"), done=Count("acknowledged_at"))
    )
    return {pk: ReadBy(asked, done) for pk, asked, done in counts}


def read_version(version: PolicyVersion) -> tuple[Entry, ...]:
    """The document of a version in words, by the fields and thresholds of the edition that it began in.

    Raises ForgedPolicy when the row is not what was published.
    """
    check_version(version)
    beside = edition_with(version.workstream, version.number)
    document = registry.parse(version.workstream, version.content)
    glossary = document if isinstance(document, GlossaryDocument) else beside.document(GlossaryDocument)
    numbers = thresholds([*beside.documents, document])
    return Reader(glossary.field_by_key, numbers).read(document)
