"""How the engine writes numbers: rounded half up, as people and spreadsheets do, never half to even."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def figure(value: float | None, digits: int = 2, missing: str = "n/a") -> str:
    """Return `value` with so many digits after the point: 55.125 is 55.13, not 55.12."""
    return missing if value is None else _half_up(Decimal(repr(value)), digits)


def percent(share: float | None, digits: int = 2, missing: str = "n/a") -> str:
    """Return a share as per cent without the sign: 0.10525 is 10.53, or 10.525 with three digits."""
    return missing if share is None else _half_up(Decimal(repr(share)) * 100, digits)


def _half_up(value: Decimal, digits: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
