"""The weighted round robin: fairness as laws, absence without catch-up, ties."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.engine.choose_owner import Candidate, choose, settled
from tests.support import NOW


def deal(members: list[Candidate], leads: int) -> tuple[list[Candidate], Counter[int]]:
    """Hand out leads one after the other, as the pool's lock makes it happen."""
    got: Counter[int] = Counter()
    for number in range(leads):
        now = NOW + timedelta(seconds=number)
        members = settled(members, now=now)
        chosen = choose(members, now=now)
        assert chosen is not None
        got[chosen.member_id] += 1
        members = [chosen.took(now) if m.member_id == chosen.member_id else m for m in members]
    return members, got


def pool(*weights: int) -> list[Candidate]:
    return [Candidate(member_id=i, user_id=i, weight=weight) for i, weight in enumerate(weights, start=1)]


@given(st.integers(1, 12), st.integers(0, 150))
def test_equal_members_stay_within_one_of_their_share(count: int, leads: int) -> None:
    _, got = deal(pool(*[1] * count), leads)

    assert all(abs(got[member] - leads / count) < 1 for member in range(1, count + 1))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(0, 120))
def test_weighted_members_stay_within_one_lead_by_weight(weights: list[int], leads: int) -> None:
    """Nobody is ahead of anybody by more than the one lead they got last, each counted by weight."""
    _, got = deal(pool(*weights), leads)

    for mine, weight in enumerate(weights, start=1):
        for other, other_weight in enumerate(weights, start=1):
            assert got[mine] / weight - got[other] / other_weight <= 1 / weight + 1e-9


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 4))
def test_after_full_rounds_everyone_has_exactly_their_share(weights: list[int], rounds: int) -> None:
    _, got = deal(pool(*weights), sum(weights) * rounds)

    assert [got[i] for i in range(1, len(weights) + 1)] == [weight * rounds for weight in weights]


@given(st.integers(1, 60), st.integers(1, 40))
def test_absence_earns_no_burst(before: int, after: int) -> None:
    """Whoever comes back gets no more than one lead beyond an equal share of what comes afterwards."""
    stayed, gone = Candidate(member_id=1, user_id=1), Candidate(member_id=2, user_id=2)
    away = Candidate(member_id=2, user_id=2, away_from=NOW - timedelta(days=1))
    members, _ = deal([stayed, away], before)

    back = Candidate(
        member_id=gone.member_id, user_id=2, assigned=members[1].assigned, was_away=members[1].was_away
    )
    _, got = deal([members[0], back], after)

    assert back.was_away
    assert got[2] <= after / 2 + 1


def test_a_newcomer_starts_at_the_minimum_of_those_present() -> None:
    veterans = [Candidate(member_id=i, user_id=i, assigned=float(40 + i), weight=2) for i in (1, 2)]
    newcomer = Candidate(member_id=3, user_id=3, was_away=True)

    after = settled([*veterans, newcomer], now=NOW)

    assert (after[2].assigned, after[2].was_away) == (20.5, False)


def test_ties_go_to_the_least_recently_assigned_then_to_the_lower_id() -> None:
    recent = Candidate(member_id=1, user_id=1, last_assigned_at=NOW)
    older = Candidate(member_id=2, user_id=2, last_assigned_at=NOW - timedelta(hours=1))
    never = [Candidate(member_id=i, user_id=i) for i in (4, 3)]

    assert choose([recent, older], now=NOW) == older
    assert choose([recent, older, *never], now=NOW) == never[1]


def test_full_away_and_inactive_members_are_passed_over() -> None:
    full = Candidate(member_id=1, user_id=1, cap=3, open_work=3)
    away = Candidate(member_id=2, user_id=2, away_from=NOW, away_until=NOW + timedelta(hours=1))
    gone = Candidate(member_id=3, user_id=3, is_active=False)

    assert choose([full, away, gone], now=NOW) is None
    assert choose([full, away, gone], now=NOW + timedelta(hours=1)) is not None
    assert full.why_not(NOW) == "full: 3 open of at most 3"
    assert away.why_not(NOW).startswith("away until")
