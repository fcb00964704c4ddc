"""One row of a file, read through its mapping: values, dates, identity, every error with its heading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from glossary.engine.fields import ContractField
from routing.engine.contract import normalise, shown
from routing.engine.mapping import BehaviourTarget, Dated, FieldTarget, MappingSpec, Mode, StageTarget
from routing.engine.moments import DateFormat, DateUnreadable, Moment, parse_moment
from routing.engine.sheets import Row
from routing.engine.text import clean
from routing.types import BehaviourInput

# A zone east of UTC may be a day ahead; beyond that a date of history lies in the future.
_AHEAD = timedelta(days=1)
_MAX_EXTERNAL = 200


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one value, or the row as a whole (empty heading), cannot be taken."""

    field: str
    heading: str
    value: str
    message: str

    def as_json(self) -> dict[str, str]:
        """As the quarantine keeps it."""
        return {"field": self.field, "heading": self.heading, "value": self.value, "message": self.message}


@dataclass(frozen=True, slots=True)
class StageDate:
    """The lead entered `stage` at `moment`."""

    stage: str
    moment: Moment


@dataclass(slots=True)
class ReadRow:
    """What a row says. `raw` is what it said literally."""

    number: int
    raw: dict[str, str]
    values: dict[str, object] = field(default_factory=dict)
    external: tuple[str, str] | None = None
    stages: list[StageDate] = field(default_factory=list)
    behaviours: list[BehaviourInput] = field(default_factory=list)
    captured: Moment | None = None
    errors: list[RowError] = field(default_factory=list)

    @property
    def email(self) -> str:
        """The normalised address; empty when there is none."""
        return str(self.values.get("email", ""))

    @property
    def identities(self) -> tuple[str, ...]:
        """What the lead is found by, strongest first."""
        external = (f"x:{self.external[1]}",) if self.external else ()
        return external + ((f"e:{self.email}",) if self.email else ())


@dataclass(frozen=True, slots=True)
class RowReader:
    """A mapping made ready for one file.

    Attributes:
        formats: heading → date format, for every dated column.
        now: dates more than a day later than this are refused.
    """

    spec: MappingSpec
    headings: tuple[str, ...]
    fields: Mapping[str, ContractField]
    formats: Mapping[str, DateFormat]
    now: datetime

    def raw(self, row: Row) -> dict[str, str]:
        """The row literally, with the cells beyond the last heading under names of their own."""
        more = {f"(cell {len(self.headings) + i})": cell for i, cell in enumerate(row.extra, start=1)}
        return dict(zip(self.headings, row.cells, strict=True)) | more

    def read(self, row: Row) -> ReadRow:
        """Read `row`; never raises, every problem is in `errors`."""
        found = ReadRow(row.number, self.raw(row))
        if row.problem:
            found.errors.append(RowError("", "", "", row.problem))
            return found
        cells = {h: self._cell(found.raw.get(h, "")) for h in self.spec.columns}
        self._read_fields(found, cells)
        for heading, target in self.spec.dated.items():
            if cells[heading]:
                self._read_date(found, heading, target, cells[heading])
        self._read_external(found, cells)
        if not found.identities and not found.errors:
            found.errors.append(self._nobody())
        return found

    def seems_live(self, row: Row) -> bool:
        """Whether `is_live` will say so of the row if it can be taken; cheap, it reads nothing but blanks."""
        if self.spec.mode is not Mode.LEADS:
            return False
        filled = {h for h, text in zip(self.headings, row.cells, strict=True) if self._cell(text)}
        stages = (h for h, target in self.spec.dated.items() if isinstance(target, StageTarget))
        return filled.isdisjoint(stages) and any(
            h in filled for h, k in self.spec.fields.items() if k == "email"
        )

    def _cell(self, text: str) -> str:
        text = clean(text)
        return "" if text in self.spec.blanks else text

    def _read_fields(self, found: ReadRow, cells: Mapping[str, str]) -> None:
        payload: dict[str, object] = dict(self.spec.constants)
        heading_of: dict[str, str] = {}
        for heading, target in self.spec.columns.items():
            if isinstance(target, FieldTarget):
                text = cells[heading]
                payload[target.field] = target.folded_values.get(text.casefold(), text) if text else ""
                heading_of[target.field] = heading
        result = normalise(payload, self.fields)
        found.values = result.values
        for error in result.errors:
            heading = heading_of.get(error.field, "")
            found.errors.append(RowError(error.field, heading, str(error.value), error.message))

    def _read_date(self, found: ReadRow, heading: str, target: Dated, text: str) -> None:
        name = _name(target)
        try:
            moment = parse_moment(text, self.formats[heading], target.zone_info)
        except DateUnreadable as error:
            found.errors.append(RowError(name, heading, shown(text), str(error)))
            return
        if moment.at > self.now + _AHEAD:
            message = (
                f"{shown(text)!r} lies in the future; history has happened. Correct it or leave it empty."
            )
            found.errors.append(RowError(name, heading, shown(text), message))
            return
        if isinstance(target, StageTarget):
            found.stages.append(StageDate(target.stage_entered, moment))
        elif isinstance(target, BehaviourTarget):
            key = f"import:{moment.at.isoformat()}"
            found.behaviours.append(BehaviourInput(target.behaviour, moment.at, external_key=key))
        else:
            found.captured = moment

    def _read_external(self, found: ReadRow, cells: Mapping[str, str]) -> None:
        heading = self.spec.external_heading
        value = cells.get(heading, "") if heading else ""
        if len(value) > _MAX_EXTERNAL:
            message = (
                f"{len(value):,} characters are too many for an id; at most {_MAX_EXTERNAL} can be kept."
            )
            found.errors.append(RowError("external_id", heading, shown(value), message))
        elif value:
            found.external = (self.spec.external_system or "", value)

    def _nobody(self) -> RowError:
        heading = self.spec.external_heading
        email = next((h for h, key in self.spec.fields.items() if key == "email"), "")
        columns = " and ".join(repr(h) for h in (email, heading) if h)
        verb = "are" if email and heading else "is"
        message = f"{columns} {verb} empty, so nobody can tell whose row this is. Fill in one of them."
        return RowError("email" if email else "external_id", email or heading, "", message)


def is_live(row: ReadRow, mode: Mode) -> bool:
    """Whether a row is a live capture, to be scored and routed, rather than history.

    Any stage date makes it history; so does the lack of an address, for nobody could be contacted.
    """
    return mode is Mode.LEADS and not row.stages and bool(row.email)


def _name(target: Dated) -> str:
    if isinstance(target, StageTarget):
        return f"stage_entered:{target.stage_entered}"
    return f"behaviour:{target.behaviour}" if isinstance(target, BehaviourTarget) else "captured_at"
