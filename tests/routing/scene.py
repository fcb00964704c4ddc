"""What the tests of routing and clocks share: leads on the spot, queues with people, London instants."""

from collections.abc import Mapping
from datetime import UTC, datetime

from glossary.queries.editions import edition_at
from glossary.services.publish import publish
from glossary.types import EditionInForce, Publication
from people.models import User
from routing.engine.documents import RoutingDocument
from routing.models import Lead, QueueMember, SlaClock
from routing.services import clocks
from tests.support import FreeWarrant

FIRST_TOUCH = "first_touch"


def at(text: str) -> datetime:
    """An instant from `2026-11-23 15:00`, UTC (London time in winter)."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_lead(number: int = 1, **values: object) -> Lead:
    """A stored lead of the EMEA territory that no service has touched yet, with a company of its own."""
    given: dict[str, object] = {
        "email": f"ann{number}@company{number}.example",
        "email_domain": f"company{number}.example",
        "region": "emea",
        "source": "social",
        "stage": "lead",
        "captured_at": at("2026-11-23 09:30"),
        "recorded_at": at("2026-11-23 09:30"),
    }
    return Lead.objects.create(**{**given, **values})


def serve(queue: str, *people: User, **values: object) -> list[QueueMember]:
    """Put people into a queue."""
    return [QueueMember.objects.create(queue=queue, user=person, **values) for person in people]


def clock_of(lead: Lead, key: str = FIRST_TOUCH) -> SlaClock:
    """The lead's latest clock on a promise."""
    return SlaClock.objects.filter(lead=lead, key=key).latest("id")


def happens(lead: Lead, event: str, when: datetime) -> None:
    """Tell the clocks of an event, as the services do."""
    lead.refresh_from_db()
    clocks.on_event(lead, event, occurred_at=when, now=when, edition=edition_at(when))


def next_routing(changes: Mapping[str, object], *, now: datetime) -> EditionInForce:
    """Publish the routing policy in force at `now` once more, with `changes` at its top level."""
    current = edition_at(now).document(RoutingDocument)
    data = {**current.model_dump(mode="json", by_alias=True), **changes}
    documents = {"routing": RoutingDocument.model_validate(data)}
    publication = Publication(title="Test", why="A test wants it otherwise.", in_force_from=now)
    return publish(documents, publication, acting_user=None, warrant=FreeWarrant(), now=now)


def with_target(changes: Mapping[str, object], key: str, *, now: datetime) -> EditionInForce:
    """Publish the routing policy with one SLA target changed."""
    current = edition_at(now).document(RoutingDocument).model_dump(mode="json", by_alias=True)
    targets = [{**target, **changes} if target["key"] == key else target for target in current["sla"]]
    return next_routing({"sla": targets}, now=now)
