"""How shares are written: rounded half up to two decimals of a per cent, but never rounded away from a tie."""

from fractions import Fraction

from reporting.engine.figures import percent


def share_text(part: int, whole: int) -> str:
    """`part` of `whole` as per cent without the sign: 271 of 2,296 is 11.80; n/a of none.

    A share that lies exactly between two roundings is written out, so that nobody has to ask which way it
    went: 842 of 8,000 is 10.525, neither 10.52 nor 10.53.
    """
    if not whole:
        return "n/a"
    thousandths = Fraction(part, whole) * 100_000
    tie = thousandths.denominator == 1 and int(thousandths) % 10 == 5
    return percent(part / whole, 3 if tie else 2)
