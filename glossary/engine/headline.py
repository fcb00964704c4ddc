"""What the result of a back-test says in a line per stage, for the page of a change. Reads plain JSON.

The whole result belongs to the reports. Reading it is tolerant: what is not there, or has another shape, is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as it was computed.

    Attributes:
        percent: as text, e.g. `12.34`; empty = there is none, and `why_not` says why.
        n, of: its counts; of nothing = they are not told.
    """

    percent: str = ""
    low: str = ""
    high: str = ""
    why_not: str = ""
    n: int = 0
    of: int = 0

    def __str__(self) -> str:
        if not self.percent:
            return f"no rate ({self.why_not})" if self.why_not else "no rate"
        interval = f" [{self.low}–{self.high}]" if self.low and self.high else ""
        counts = f" ({self.n:,} of {self.of:,})" if self.of else ""
        return f"{self.percent} %{interval}{counts}"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change does to one stage, in leads.

    Attributes:
        before, after: leads that the stage opens for under the definition in force and the proposed one.
        precision_before, precision_after: share of them that was won.
    """

    name: str
    before: int
    after: int
    gained: int
    lost: int
    precision_before: Share = Share()
    precision_after: Share = Share()


@dataclass(frozen=True, slots=True)
class Headline:
    """The result in short; `leads` = size of the cohort."""

    leads: int
    stages: tuple[Moved, ...]


def headline(result: object) -> Headline | None:
    """The headline of a result; None when it says nothing that can be read."""
    if not isinstance(result, Mapping):
        return None
    stages = result.get("stages")
    rows = stages if isinstance(stages, list) else []
    return Headline(
        _whole(result.get("leads")), tuple(_moved(row) for row in rows if isinstance(row, Mapping))
    )


def _moved(row: Mapping[object, object]) -> Moved:
    sides = {key: _part(row.get(key)) for key in ("before", "after", "gained", "lost")}
    name = row.get("name")
    return Moved(
        name if isinstance(name, str) else "",
        **{key: _whole(side.get("n")) for key, side in sides.items()},
        precision_before=_share(sides["before"].get("precision")),
        precision_after=_share(sides["after"].get("precision")),
    )


def _share(value: object) -> Share:
    found = _part(value)
    texts = {key: _text(found.get(key)) for key in ("percent", "low", "high", "why_not")}
    return Share(**texts, n=_whole(found.get("n")), of=_whole(found.get("of")))


def _part(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, bool | Mapping | list) else str(value)
