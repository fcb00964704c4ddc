"""Gates that time alone never opens: judging them on news says what judging them at every moment says."""

from random import Random

import pytest

from glossary.types import EditionInForce
from routing.engine.replay.judge import Judge
from routing.engine.replay.judging import Gatekeeper
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.histories import histories
from tests.routing.replay.chance import STAGE, UNTIL, Chance, definition, windows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(4))
def test_news_find_what_all_moments_find(playbook: EditionInForce, seed: int) -> None:
    # Given leads, and definitions whose gates wait for news
    dice = Random(seed)
    sides = [
        side for side in (definition(dice) for _ in range(400)) if Gatekeeper(side, STAGE).waits_for_news
    ]
    sides = sides[:30]
    reads = sides[0].reads([STAGE])
    for side in sides:
        reads |= side.reads([STAGE])
    Chance(dice).leads(60, playbook.id)
    since, until = next(windows())
    opened = news = 0
    for history in histories(Cohort(since, until, UNTIL).leads(), reads, until=UNTIL):
        for side in sides:
            judge = Judge([side], [STAGE])
            # When each is judged in both ways
            [at] = judge.at_moments(history)
            # Then both say the same, to the microsecond
            assert judge.on_news(history) == [at], (history, side)
            opened += at is not None
            news += at is not None and at > history.began
    assert len(sides) == 30
    assert opened > 100
    assert news > 20
