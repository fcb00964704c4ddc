"""Computing back-tests: claimed by a lease that is renewed batch by batch, written whole or not at all."""

import logging
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from pydantic import ValidationError

from glossary.exceptions import PolicyError
from glossary.models import BackTest
from reporting.engine.back_test.tally import StageTally
from reporting.engine.errors import CountingError
from reporting.models import BackTestLead
from reporting.services.leases import Holder, Stopped, claim, fail, finish, put_back
from reporting.services.measuring import Measured, measure
from routing.engine.comparisons import CriterionError

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
ROWS_AT_ONCE = 5_000


def due(now: datetime) -> list[int]:
    """Ids of the back-tests that wait or were left by a worker that died, oldest first."""
    return list(BackTest.objects.due_at(now).order_by("pk").values_list("pk", flat=True))


def compute(back_test_id: int, *, now: datetime) -> bool:
    """Compute a back-test that is due; returns whether this call finished it.

    1. Claim it by a lease of two minutes, unless somebody else holds it.
    2. Count, batch by batch; each one renews the lease and tells the progress. Stop when it is no longer held:
       then somebody cancelled it, or another worker took it over.
    3. Write the result and the leads that would move in one transaction, if it is still held.
    Definitions that cannot be replayed fail at once; any other error is kept, and it is tried again up to three
    times in all.
    """
    lease = claim(BackTest, back_test_id, now=now, length=LEASE)
    if lease is None:
        return False
    holder = Holder(lease, now)
    try:
        measured = measure(BackTest.objects.get(pk=back_test_id), told=holder.go_on)
        return _finish(holder, measured)
    except Stopped:
        logger.info("back-test %s was taken away while it was computed", back_test_id)
    except (CountingError, CriterionError, PolicyError, ValidationError) as error:
        fail(holder.lease, str(error), now=holder.now())
    except Exception as error:
        logger.exception("back-test %s failed", back_test_id)
        put_back(holder.lease, f"{type(error).__name__}: {error}", now=holder.now())
    return False


@transaction.atomic
def _finish(holder: Holder, measured: Measured) -> bool:
    if not finish(holder.lease, measured.result, now=holder.now()):
        return False
    for tally in measured.tallies:
        _keep(holder.lease.pk, tally)
    return True


def _keep(back_test_id: int, tally: StageTally) -> None:
    rows = (
        BackTestLead(
            back_test_id=back_test_id,
            lead_id=kept.lead,
            stage=tally.stage,
            kind=kept.kind,
            opened_at=kept.opened_at,
            outcome=kept.became,
        )
        for moved in tally.kept.values()
        for kept in moved
    )
    # bulk_create makes a list of whatever it is given: only so many rows are in memory at once.
    while some := list(islice(rows, ROWS_AT_ONCE)):
        BackTestLead.objects.bulk_create(some)
