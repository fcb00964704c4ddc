"""Making an installation ready to route: one pool for every queue of the policy in force."""

from glossary.types import EditionInForce
from routing.engine.documents import RoutingDocument
from routing.models import Pool


def ensure_pools(edition: EditionInForce) -> list[str]:
    """Create the pools that queues of `edition` lack. Returns the keys of those queues."""
    keys = [queue.key for queue in edition.document(RoutingDocument).queues]
    known = set(Pool.objects.filter(queue__in=keys).values_list("queue", flat=True))
    missing = [key for key in keys if key not in known]
    Pool.objects.bulk_create([Pool(queue=key) for key in missing], ignore_conflicts=True)
    return missing
