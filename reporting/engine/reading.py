"""Reading a question from texts: of the terminal and of web addresses. All problems are told at once."""

import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from glossary.engine.fields import ContractField
from reporting.engine.errors import CountingError
from reporting.engine.hygiene.question import HygieneQuestion
from reporting.engine.parameters import (
    EARLIEST,
    LATEST,
    SLA_ROWS,
    Basis,
    ConversionParameters,
    SlaParameters,
    WhatIfParameters,
    WinLossParameters,
)
from reporting.engine.stage_line import StageLine
from reporting.engine.win_loss.values import NO_SUCH_FIELD, why_refused
from reporting.exceptions import ParametersRefused

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What a rule's fields are called in a question.
_NAMES = {"from_stage": "from", "to_stage": "to", "window_days": "window", "period_end": "until"}
AS_OF_EXAMPLE = "2018-05-31T23:59:59Z"
NO_GATE = "The definitions in force have no stage that a threshold alone opens further when it is lowered."


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a question may name: stages, dimensions, promises; and the present moment (aware).

    Attributes:
        gates: (stage, threshold) pairs of which a what-if curve can be drawn.
        fields: contract and derived fields by key.
    """

    line: StageLine
    dimensions: Sequence[str]
    promises: Collection[str]
    now: datetime
    gates: Sequence[tuple[str, str]] = ()
    fields: Mapping[str, ContractField] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    texts: Mapping[str, str]
    now: datetime
    problems: list[CountingError] = field(default_factory=list)

    def text(self, name: str) -> str:
        return (self.texts.get(name) or "").strip()

    def refuse(self, name: str, value: object, remedy: str) -> None:
        self.problems.append(CountingError(name, value, remedy))

    def whole_number(self, name: str, highest: int) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= highest:
            return int(text)
        self.refuse(name, text, f"Give a whole number from 1 to {highest}, or nothing for none.")
        return None

    def instant(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            self.refuse(name, text, f"Give a date, a time and a zone, such as {AS_OF_EXAMPLE}.")
            return None
        if instant.tzinfo is None:
            self.refuse(name, text, f"It has no zone: add Z for UTC or an offset, such as {AS_OF_EXAMPLE}.")
        elif not EARLIEST.year < instant.year < LATEST.year:
            self.refuse(name, text, f"Give a year from {EARLIEST.year + 1} to {LATEST.year - 1}.")
        elif instant > self.now:
            self.refuse(name, text, f"It lies in the future; it is {self.now:%Y-%m-%dT%H:%M:%SZ} now.")
        else:
            return instant.astimezone(UTC)
        return None

    def day(self, name: str, *, last: bool) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            day = _day(text, last=last)
        except ValueError:
            self.refuse(name, text, "Give a month such as 2018-01 or a day such as 2018-01-31.")
            return None
        if EARLIEST <= day <= LATEST:
            return day
        self.refuse(name, text, f"Give a date from {EARLIEST} to {LATEST}.")
        return None

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        text = self.text(name) or default
        if text not in choices:
            self.refuse(name, text, f"Give one of: {', '.join(choices)}.")
        return text

    def period(self) -> tuple[date | None, date | None]:
        since, until = self.day("since", last=False), self.day("until", last=True)
        if since and until and since > until:
            self.refuse("until", self.text("until"), f"It must not lie before since, {self.text('since')}.")
        return since, until

    def stop_if_refused(self) -> None:
        if self.problems:
            raise ParametersRefused(self.problems)


def read_conversion(texts: Mapping[str, str], known: Vocabulary) -> ConversionParameters:
    """The question in `texts`: from, to, window, as_of, since, until, by, basis; blank = not said.

    Raises ParametersRefused with every problem found.
    """
    reader = _Reader(texts, known.now)
    ends = {name: reader.choice(name, known.line.keys, "") for name in ("from", "to")}
    window = reader.whole_number("window", 3650)
    as_of = reader.instant("as_of")
    since, until = reader.period()
    by = reader.choice("by", ("total", "month", *known.dimensions), "total")
    basis = reader.choice("basis", [str(basis) for basis in Basis], Basis.KNOWN)
    reader.stop_if_refused()
    parameters = ConversionParameters(
        from_stage=ends["from"],
        to_stage=ends["to"],
        window_days=window,
        as_of=as_of,
        since=since,
        until=until,
        by=by,
        basis=Basis(basis),
    )
    check_conversion(parameters, known)
    return parameters


def check_conversion(parameters: ConversionParameters, known: Vocabulary) -> None:
    """Refuse what the stages in force do not allow; raises ParametersRefused."""
    try:
        rule = parameters.rule(parameters.as_of or known.now, "UTC")
        rule.check(known.line, known.dimensions)
    except CountingError as error:
        name = _NAMES.get(error.field, error.field)
        raise ParametersRefused([CountingError(name, error.value, error.remedy)]) from None


def read_sla(texts: Mapping[str, str], known: Vocabulary) -> SlaParameters:
    """The question in `texts`: as_of, since, until, by, key; raises ParametersRefused."""
    reader = _Reader(texts, known.now)
    as_of = reader.instant("as_of")
    since, until = reader.period()
    by = reader.choice("by", SLA_ROWS, "key")
    key = reader.choice("key", sorted(known.promises), "") if reader.text("key") else None
    reader.stop_if_refused()
    return SlaParameters(as_of=as_of, since=since, until=until, by=by, key=key)


def read_what_if(texts: Mapping[str, str], known: Vocabulary) -> WhatIfParameters:
    """The question in `texts`: gate (stage:threshold, the first when not said), as_of, since, until.

    Raises ParametersRefused with every problem found.
    """
    gates = {gate_text(*pair): pair for pair in known.gates}
    reader = _Reader(texts, known.now)
    if gates:
        reader.choice("gate", list(gates), next(iter(gates)))
    else:
        reader.refuse("gate", reader.text("gate"), NO_GATE)
    as_of = reader.instant("as_of")
    since, until = reader.period()
    reader.stop_if_refused()
    stage, threshold = gates[reader.text("gate") or next(iter(gates))]
    return WhatIfParameters(stage=stage, threshold=threshold, as_of=as_of, since=since, until=until)


def gate_text(stage: str, threshold: str) -> str:
    """How a question names the threshold of a stage's gate."""
    return f"{stage}:{threshold}"


def read_win_loss(texts: Mapping[str, str], known: Vocabulary) -> WinLossParameters:
    """The question in `texts`: as_of, since, until (of the outcomes), field; raises ParametersRefused."""
    reader = _Reader(texts, known.now)
    as_of = reader.instant("as_of")
    since, until = reader.period()
    key = reader.text("field")
    chosen = known.fields.get(key)
    problem = NO_SUCH_FIELD if chosen is None else why_refused(chosen)
    if key and problem:
        reader.refuse("field", key, problem)
    reader.stop_if_refused()
    return WinLossParameters(as_of=as_of, since=since, until=until, field=key or None)


def read_hygiene(texts: Mapping[str, str], now: datetime) -> HygieneQuestion:
    """The question in `texts`: since and until, of the capture; raises ParametersRefused."""
    reader = _Reader(texts, now)
    since, until = reader.period()
    reader.stop_if_refused()
    return HygieneQuestion(since, until)


def _day(text: str, *, last: bool) -> date:
    month = _MONTH.fullmatch(text)
    if month:
        year, number = int(month[1]), int(month[2])
        first = date(year, number, 1)
        return first.replace(day=monthrange(year, number)[1]) if last else first
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)
