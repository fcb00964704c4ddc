"""The risk ratio against a published case, values worked out by other means, and its properties."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.engine.risk_ratio import risk_ratio


@pytest.mark.parametrize(
    ("counts", "ratio", "low", "high"),
    [
        # Physicians' Health Study, heart attacks without and with aspirin: published as 1.82 [1.43-2.3].
        ((189, 11034, 104, 11037), 1.8178018, 1.4330309, 2.3058842),
        # Worked out with 40 decimals and the exact quantile.
        ((48, 120, 40, 210), 2.1, 1.4730100, 2.9938698),
        ((30, 100, 15, 100), 2.0, 1.1488778, 3.4816583),
        # A share of 1 on one side still has an interval.
        ((20, 20, 15, 20), 1.3333333, 1.0352592, 1.7172297),
        ((1, 20, 19, 20), 0.0526316, 0.00777051, 0.3564867),
    ],
)
def test_worked_values(counts: tuple[int, int, int, int], ratio: float, low: float, high: float) -> None:
    found = risk_ratio(*counts)

    assert found is not None
    assert found.interval is not None
    assert found.value == pytest.approx(ratio, abs=1e-7)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ((0, 20, 5, 20), 0.0),
        ((5, 20, 0, 20), None),
        ((0, 20, 0, 20), None),
        ((20, 20, 30, 30), 1.0),
    ],
)
def test_zero_cells_have_no_interval(counts: tuple[int, int, int, int], value: float | None) -> None:
    found = risk_ratio(*counts)

    assert found is not None
    assert found.value == value
    assert found.interval is None


@pytest.mark.parametrize("counts", [(0, 0, 5, 20), (5, 20, 0, 0)])
def test_of_nothing_there_is_none(counts: tuple[int, int, int, int]) -> None:
    assert risk_ratio(*counts) is None


@pytest.mark.parametrize(("counts", "named"), [((6, 5, 1, 5), "successes_a"), ((1, 5, -1, 5), "successes_b")])
def test_what_is_no_share_is_refused(counts: tuple[int, int, int, int], named: str) -> None:
    with pytest.raises(ValueError, match=f"{named}: .* is no share"):
        risk_ratio(*counts)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_the_interval_holds_the_ratio_and_turns_round_with_it(a: int, n: int, b: int, m: int) -> None:
    a, b = min(a, n), min(b, m)

    there, back = risk_ratio(a, n, b, m), risk_ratio(b, m, a, n)

    assert there is not None
    assert back is not None
    assert there.value is not None
    assert back.value == pytest.approx(1 / there.value)
    if there.interval is None or back.interval is None:
        assert (a, b) == (n, m)
        return
    assert there.interval.low <= there.value <= there.interval.high
    assert math.isclose(there.interval.low * there.interval.high, there.value**2, rel_tol=1e-9)
    assert back.interval.low == pytest.approx(1 / there.interval.high)
