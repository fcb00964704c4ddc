"""After a publication: who is told, and who is asked to read it."""

from datetime import datetime

from glossary import registry
from glossary.engine.documents import GlossaryDocument
from glossary.models import Acknowledgement, ChangeRequest, PolicyVersion
from glossary.queries.proposals import changes
from glossary.queries.rights import charter_at, holders
from glossary.types import EditionInForce
from notifications.services.outbox import notify
from notifications.types import Message
from people.models import User


def announce(request: ChangeRequest, version: PolicyVersion, before: EditionInForce, now: datetime) -> None:
    """Tell the Informed roles, and ask those whose work the change touches to acknowledge it.

    Touched are the Consulted and Informed roles of the workstream and the owner roles of the stages that the
    change affects. Who wrote or signed it knows it.
    """
    line = charter_at(now).line_by_workstream[request.workstream]
    touched = {*line.consulted, *line.informed, *_owners(request, before)}
    knows = {row.user_id for row in request.contributors.all()}
    knows |= {signoff.signer_id for signoff in request.signoffs.standing() if signoff.verdict}
    readers = [person for person in holders(touched) if person.pk not in knows]
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(version=version, user=person, asked_at=now) for person in readers],
        ignore_conflicts=True,
        batch_size=500,
    )
    _tell(readers, request, version, "Read what changed, and say that you have.", now)
    makers = [row.user for row in request.contributors.select_related("user") if row.user]
    _tell(makers, request, version, "What you proposed is in force.", now)


def _tell(
    people: list[User], request: ChangeRequest, version: PolicyVersion, then: str, now: datetime
) -> None:
    label = f"{version.get_workstream_display()} v{version.number}"
    message = Message(
        kind="policy_published",
        subject=f"In force: {label}, {request.title}",
        dedupe_key=f"published:{version.workstream}:{version.number}",
        body=f"{request.why}\n\n{then}",
        url=f"/changelog/{version.workstream}/{version.number}/",
    )
    notify(people, message, now=now)


def _owners(request: ChangeRequest, before: EditionInForce) -> set[str]:
    """Owner roles of the stages that the change affects, before and after it."""
    old = before.document(registry.document_type(request.workstream).document_class)
    new = registry.parse(request.workstream, request.content)
    stages = changes(request.workstream, old, new, before)[1].stages
    glossaries = [before.document(GlossaryDocument), *([new] if isinstance(new, GlossaryDocument) else [])]
    return {
        role
        for glossary in glossaries
        for stage in glossary.stages
        if stage.key in stages
        for role in stage.owner_roles
    }
