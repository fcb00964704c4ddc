"""The statistics against worked cases and published properties."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.engine.statistics import (
    kaplan_meier,
    percentile,
    percentiles,
    survival_quantiles,
    two_proportion,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (0, 5, 0.0, 0.4345),
        (1, 2, 0.0945, 0.9055),
        (842, 8000, 0.0987, 0.1122),
        (120, 400, 0.2572, 0.3466),
        (5, 5, 0.5655, 1.0),
    ],
)
def test_wilson_gives_the_worked_intervals(successes: int, n: int, low: float, high: float) -> None:
    interval = wilson(successes, n)

    assert interval is not None
    assert interval.low == pytest.approx(low, abs=0.00006)
    assert interval.high == pytest.approx(high, abs=0.00006)


def test_wilson_of_nothing_is_none() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_share(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=r"successes: .* is no share"):
        wilson(successes, n)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_holds_the_share_and_stays_within_bounds(successes: int, n: int) -> None:
    successes = min(successes, n)

    interval = wilson(successes, n)

    assert interval is not None
    assert 0 <= interval.low <= successes / n <= interval.high <= 1


@pytest.mark.parametrize(
    ("values", "q", "expected"),
    [
        ([1, 2, 3, 4], 0.75, 3.25),
        ([4, 1, 3, 2], 0.5, 2.5),
        ([7], 0.9, 7.0),
        ([1, 9], 0, 1.0),
        ([1, 9], 1, 9.0),
    ],
)
def test_percentile_is_linear(values: list[float], q: float, expected: float) -> None:
    assert percentile(values, q) == pytest.approx(expected)


def test_percentile_of_nothing_is_none() -> None:
    assert percentile([], 0.5) is None
    assert percentiles([], (0.5, 0.75)) == (None, None)


def test_a_quantile_beyond_one_is_refused_even_without_values() -> None:
    with pytest.raises(ValueError, match="q: 75 is no quantile"):
        percentile([], 75)


def test_two_proportion_gives_the_worked_case_with_its_sign() -> None:
    fell = two_proportion(120, 400, 126, 600)
    rose = two_proportion(126, 600, 120, 400)

    assert fell is not None
    assert rose is not None
    assert fell.z == pytest.approx(3.237, abs=0.0005)
    assert fell.p == pytest.approx(0.0012, abs=0.00005)
    assert rose.z == pytest.approx(-fell.z)
    assert rose.p == pytest.approx(fell.p)


def test_two_proportion_without_leads_is_none_and_equal_extremes_are_no_difference() -> None:
    assert two_proportion(0, 0, 1, 2) is None
    assert two_proportion(0, 10, 0, 20) == (0.0, 1.0)
    assert two_proportion(10, 10, 20, 20) == (0.0, 1.0)


def test_kaplan_meier_gives_the_worked_case() -> None:
    # Given stays closed after 1, 2, 3 and 4 days, and two still open at 10 and 12
    stays = [(1.0, True), (2.0, True), (3.0, True), (4.0, True), (10.0, False), (12.0, False)]

    curve = kaplan_meier(stays)

    assert curve.median == 3
    assert curve.quantile(0.75) is None
    assert (curve.n, curve.closed) == (6, 4)
    assert [share for _, share in curve.steps] == pytest.approx([5 / 6, 4 / 6, 3 / 6, 2 / 6])


def test_kaplan_meier_takes_the_censored_as_at_risk_at_their_own_time() -> None:
    # Textbook case (Kaplan and Meier 1958, section 2): losses at the time of a death stay at risk for it
    curve = kaplan_meier([(2.0, True), (2.0, False), (4.0, True)])

    assert [time for time, _ in curve.steps] == [2, 4]
    assert [share for _, share in curve.steps] == pytest.approx([2 / 3, 0])


def test_rounding_in_the_product_does_not_put_the_median_off() -> None:
    # With 24 stays the product of the ratios after the twelfth is 0.5000000000000001
    curve = kaplan_meier([(float(day), True) for day in range(1, 25)])

    assert curve.median == 12


def test_kaplan_meier_of_nothing_reaches_nothing() -> None:
    assert kaplan_meier([]).median is None


@pytest.mark.parametrize("length", [-1.0, math.nan])
def test_kaplan_meier_refuses_negative_durations(length: float) -> None:
    with pytest.raises(ValueError, match="no length of time"):
        kaplan_meier([(1.0, True), (length, True)])


lengths = st.lists(st.floats(0, 1000), max_size=40)


@given(lengths, lengths)
def test_the_quantiles_without_a_curve_are_those_of_the_curve(
    closed: list[float], still_open: list[float]
) -> None:
    curve = kaplan_meier([(length, True) for length in closed] + [(length, False) for length in still_open])

    found = survival_quantiles(closed, still_open, (0.25, 0.5, 0.75))

    assert found == tuple(curve.quantile(q) for q in (0.25, 0.5, 0.75))


@given(st.lists(st.integers(0, 1000).map(float), min_size=1, max_size=40))
def test_without_open_stays_the_curve_is_the_empirical_distribution(closed: list[float]) -> None:
    curve = kaplan_meier([(length, True) for length in closed])

    assert curve.median == sorted(closed)[math.ceil(len(closed) / 2) - 1]
