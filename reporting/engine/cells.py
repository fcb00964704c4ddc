"""The cells of a conversion row that can be opened: which leads stand behind each number."""

from collections.abc import Callable

from reporting.engine.journeys import Journey, Membership, Standing


def _of_cohort(test: Callable[[Journey], bool]) -> Callable[[Journey], bool]:
    return lambda journey: journey.membership is Membership.COHORT and test(journey)


def _standing(standing: Standing) -> Callable[[Journey], bool]:
    return _of_cohort(lambda journey: journey.standing is standing)


# Named after the counts of ConversionRow, so that a list can be held against its number.
CELLS: dict[str, Callable[[Journey], bool]] = {
    "entered": _of_cohort(lambda journey: True),
    "mature": _of_cohort(lambda journey: journey.mature),
    "immature": _of_cohort(lambda journey: not journey.mature),
    "converted": _of_cohort(lambda journey: journey.mature and journey.converted),
    "immature_converted": _of_cohort(lambda journey: not journey.mature and journey.converted),
    "late": _of_cohort(lambda journey: journey.mature and journey.advanced and not journey.converted),
    "negative_durations": _of_cohort(lambda journey: journey.negative),
    "advanced": _standing(Standing.ADVANCED),
    "recycled": _standing(Standing.RECYCLED),
    "disqualified": _standing(Standing.DISQUALIFIED),
    "other_outcome": _standing(Standing.OTHER_OUTCOME),
    "other_detour": _standing(Standing.OTHER_DETOUR),
    "still_open": _standing(Standing.OPEN),
    "skipped": lambda journey: journey.membership is Membership.SKIPPED,
    "voided": lambda journey: journey.membership is Membership.VOIDED,
}
CELL_WORDS = {
    "entered": "entered",
    "mature": "old enough to be judged",
    "immature": "not old enough to be judged yet",
    "converted": "converted within the window",
    "immature_converted": "converted already, though not old enough",
    "late": "reached the stage after the window",
    "negative_durations": "converted before they entered",
    "advanced": "reached the stage or one beyond it",
    "recycled": "now recycled",
    "disqualified": "now disqualified",
    "other_outcome": "ended otherwise",
    "other_detour": "in another detour",
    "still_open": "still open",
    "skipped": "passed the first stage without an entry",
    "voided": "whose entry was a mistake and is voided",
}
