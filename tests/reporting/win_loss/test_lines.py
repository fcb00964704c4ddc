"""One line compared, and what it says: clear, alike, too few, nobody lacks it, nothing to compare."""

import pytest

from reporting.engine.win_loss.comparing import Finding, compare
from reporting.engine.win_loss.tally import Cells
from reporting.engine.win_loss.words import line_words


def cells(*, met: tuple[int, int], not_met: tuple[int, int], unknown: tuple[int, int] = (0, 0)) -> Cells:
    """Each as (won, lost)."""
    return Cells(met[0], not_met[0], unknown[0], met[1], not_met[1], unknown[1])


CASES: dict[str, tuple[Cells, Finding, str]] = {
    "more": (
        cells(met=(48, 72), not_met=(40, 170)),
        Finding.MORE,
        "Leads with this were won 2.10 times as often [1.47–2.99]: 48 of 120 (40.00 %) against 40 of 210 (19.05 %).",
    ),
    "less": (
        cells(met=(40, 170), not_met=(48, 72)),
        Finding.LESS,
        "Leads with this were won 0.48 times as often [0.33–0.68]: 40 of 210 (19.05 %) against 48 of 120 (40.00 %).",
    ),
    "alike": (
        cells(met=(30, 70), not_met=(28, 72)),
        Finding.ALIKE,
        (
            "No clear difference: leads with this were won 1.07 times as often [0.69–1.65]; 30 of 100 (30.00 %) "
            "against 28 of 100 (28.00 %)."
        ),
    ),
    "none of them": (
        cells(met=(0, 40), not_met=(20, 30)),
        Finding.LESS,
        "No lead with this was won, 0 of 40 (0.00 %) against 20 of 50 (40.00 %). A ratio of none has no interval.",
    ),
    "only them": (
        cells(met=(20, 30), not_met=(0, 40)),
        Finding.MORE,
        "Only leads with this were won, 20 of 50 (40.00 %) against 0 of 40 (0.00 %). A ratio to none has no bound.",
    ),
    "only them, but few": (
        cells(met=(1, 49), not_met=(0, 40)),
        Finding.ALIKE,
        (
            "No clear difference: only leads with this were won, 1 of 50 (2.00 %) against 0 of 40 (0.00 %). "
            "A ratio to none has no bound."
        ),
    ),
    "too few with it": (
        cells(met=(10, 9), not_met=(40, 60)),
        Finding.TOO_FEW,
        "Too few to say: 19 with it, 100 without it; 20 are needed on either side.",
    ),
    "too few at all": (
        cells(met=(3, 5), not_met=(1, 0)),
        Finding.TOO_FEW,
        "Too few to say: 8 with it, 1 without it; 20 are needed on either side.",
    ),
    "nobody lacks it": (
        cells(met=(100, 203), not_met=(3, 4)),
        Finding.NOBODY_LACKS,
        "Almost nobody lacks it (7 of 310), so it cannot tell won from lost.",
    ),
    "nobody has it": (
        cells(met=(3, 2), not_met=(100, 205)),
        Finding.NOBODY_HAS,
        "Almost nobody has it (5 of 310), so it cannot tell won from lost.",
    ),
    "nobody has it at all": (
        cells(met=(0, 0), not_met=(100, 205)),
        Finding.NOBODY_HAS,
        "Nobody of 305 has it, so it cannot tell won from lost.",
    ),
    "nobody was lost": (
        cells(met=(50, 0), not_met=(60, 0)),
        Finding.ONE_SIDED,
        "None of the 110 leads of which it is known was lost: there is nothing to compare.",
    ),
    "nobody was won": (
        cells(met=(0, 50), not_met=(0, 60)),
        Finding.ONE_SIDED,
        "None of the 110 leads of which it is known was won: there is nothing to compare.",
    ),
    "not known": (
        cells(met=(0, 0), not_met=(0, 0), unknown=(20, 30)),
        Finding.NOT_KNOWN,
        "Not known of any of these leads at that moment.",
    ),
    "known of some": (
        cells(met=(48, 72), not_met=(40, 170), unknown=(50, 50)),
        Finding.MORE,
        (
            "Leads with this were won 2.10 times as often [1.47–2.99]: 48 of 120 (40.00 %) against 40 of 210 "
            "(19.05 %). Not known of 100 of 430 leads; they are left out."
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_line_says(case: str) -> None:
    counted, finding, words = CASES[case]

    line = compare(counted, 20)

    assert (line.finding, line_words(line, 20)) == (finding, words)
    assert (line.ratio is not None) is finding.is_compared


@pytest.mark.parametrize(("met", "compared"), [(19, False), (20, True)])
def test_twenty_decided_leads_are_needed_on_either_side(met: int, compared: bool) -> None:
    line = compare(cells(met=(met // 2, met - met // 2), not_met=(40, 60)), 20)

    assert line.finding.is_compared is compared


def test_unknown_leads_change_no_ratio() -> None:
    with_them = compare(cells(met=(48, 72), not_met=(40, 170), unknown=(500, 1)), 20)
    without = compare(cells(met=(48, 72), not_met=(40, 170)), 20)

    assert with_them.ratio == without.ratio
    assert with_them.test == without.test is not None
