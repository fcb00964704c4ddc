"""Who is looked at as of an earlier moment: who was known then, and stood for themselves then."""

from datetime import datetime, timedelta

import pytest

from routing.models import Lead
from routing.queries.replay.cohort import Cohort
from tests.support import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SINCE, AS_OF = NOW - 60 * DAY, NOW - 20 * DAY


def lead(captured: datetime, recorded: datetime, *, imported: bool = False) -> Lead:
    return Lead.objects.create(captured_at=captured, recorded_at=recorded, is_imported=imported)


def merged(into: Lead, at: datetime) -> Lead:
    row = lead(NOW - 50 * DAY, NOW - 50 * DAY)
    row.merged_into, row.merged_at = into, at
    row.save(update_fields=["merged_into", "merged_at"])
    return row


def test_a_cohort_as_of_an_earlier_moment_is_the_one_of_that_moment() -> None:
    # Given live leads known before and after the moment, and history of before and after it, imported since
    known = lead(NOW - 40 * DAY, NOW - 40 * DAY)
    lead(NOW - 40 * DAY, NOW - 10 * DAY)
    told_later = lead(NOW - 40 * DAY, NOW - 10 * DAY, imported=True)
    lead(NOW - 15 * DAY, NOW - 10 * DAY, imported=True)
    # and leads that were merged before and after it
    merged(known, NOW - 30 * DAY)
    still_itself = merged(known, NOW - 5 * DAY)
    # When the cohort is taken as of then
    cohort = Cohort(SINCE, NOW, AS_OF)
    # Then it holds who was known and stood for themselves; history counts from when it happened
    assert set(cohort.leads()) == {known, told_later, still_itself}
    (span,) = cohort.spans()
    assert (span.first, span.done) == (known.pk, 1.0)


def test_a_cohort_of_nobody_has_no_spans() -> None:
    assert list(Cohort(SINCE, NOW, AS_OF).spans()) == []
