"""Two people publish at the same moment, on PostgreSQL: the line never forks and nobody gets a server error."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from glossary.models import Edition, PolicyVersion
from glossary.queries.verify import verify_everything
from glossary.services.playbook import publish_playbook
from tests.glossary.amending import publish_change, threshold
from tests.support import NOW

pytestmark = pytest.mark.postgres
PEOPLE = 6


@pytest.mark.django_db(transaction=True)
def test_publications_queue_up() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time by itself")
    playbook = publish_playbook(now=NOW)
    start, failures = Barrier(PEOPLE), []

    def publish(value: int) -> None:
        start.wait()
        try:
            publish_change(playbook, "scoring", threshold(value), now=NOW)
        except Exception as error:  # noqa: BLE001  (whatever it is, the test reports it)
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=publish, args=(value,)) for value in range(70, 70 + PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    numbers = PolicyVersion.objects.filter(workstream="scoring").values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, PEOPLE + 2))
    assert Edition.objects.count() == PEOPLE + 1
    assert verify_everything().editions == PEOPLE + 1
