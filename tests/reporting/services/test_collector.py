"""Fewer searches for cycles, also when two ask for it at once in threads of one process."""

import gc
from contextlib import ExitStack

from reporting.services.collector import YOUNG, few_collections


def test_two_at_once_leave_it_as_it_was() -> None:
    # Given two that count at the same time
    before = gc.get_threshold()
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(few_collections())
        second.enter_context(few_collections())
        assert gc.get_threshold()[0] == YOUNG
        # When the one that began first ends first
        first.close()
        # Then the other goes on with few searches
        assert gc.get_threshold()[0] == YOUNG
    # And after both it is as it was
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
