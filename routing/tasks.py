"""The alarm clocks of routing: thin sweeps that may run late, twice or in two workers at once."""

from celery import shared_task
from django.utils import timezone

from glossary.exceptions import NoPolicyInForce
from routing.services.assign import drain_all
from routing.services.imports.run import due_imports, run_import
from routing.services.nightly import rescore_batch
from routing.services.sweep import sweep_breaches

MOST_BATCHES = 50


@shared_task(name="routing.sweep_clocks")
def sweep_clocks() -> int:
    """Raise due warnings, breaches and escalations. Returns how many."""
    total = 0
    for _ in range(MOST_BATCHES):
        raised = sweep_breaches(timezone.now())
        total += raised
        if not raised:
            break
    return total


@shared_task(name="routing.drain_queues")
def drain_queues() -> int:
    """Hand out what waits in the queues to whoever is free now. Returns how many leads got an owner."""
    total = 0
    for _ in range(MOST_BATCHES):
        handed_out = drain_all(now=timezone.now())
        total += handed_out
        if not handed_out:
            break
    return total


@shared_task(name="routing.run_imports")
def run_imports() -> int:
    """Run the imports that wait, or whose worker was lost, oldest first. Returns how many."""
    waiting = due_imports(timezone.now())
    for batch_id in waiting:
        run_import(batch_id, now=timezone.now())
    return len(waiting)


@shared_task(name="routing.rescore_nightly")
def rescore_nightly(after: int = 0) -> int | None:
    """Bring scores up to the day, batch by batch; hands the rest on, so that it never holds a worker for long.

    Returns the id that the rest begins after; None = all is done. A rest that gets lost is found by the next
    call of the night, which begins with whatever is not done. Before the first policies: nothing to do.
    """
    last: int | None = after
    try:
        for _ in range(MOST_BATCHES):
            last = rescore_batch(timezone.now(), after=last or 0)
            if last is None:
                return None
    except NoPolicyInForce:
        return None
    rescore_nightly.apply_async((last,), retry=False)
    return last
