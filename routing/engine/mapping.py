"""A mapping: what each column of a file means. Written as YAML or JSON, or made on the upload page."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from glossary.engine.base import Key, Part, duplicates
from routing.engine.moments import DateFormat


def _is_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone; use an IANA name such as Europe/London")
    return value


Zone = Annotated[str, AfterValidator(_is_zone)]
Short = Annotated[str, StringConstraints(max_length=200)]
System = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]


class Mode(StrEnum):
    """What a file brings: leads, or outcomes of leads that exist."""

    LEADS = "leads"
    OUTCOMES = "outcomes"


class Unmapped(StrEnum):
    """What to do with columns that the mapping does not name."""

    REFUSE = "refuse"
    IGNORE = "ignore"


class FieldTarget(Part):
    """A contract field. `values` translates texts before they are checked; case does not matter."""

    field: Key
    values: dict[Short, Short] = Field(default_factory=dict)

    @cached_property
    def folded_values(self) -> dict[str, str]:
        """`values` with keys as they are looked up."""
        return {key.strip().casefold(): value for key, value in self.values.items()}


class ExternalIdTarget(Part):
    """The lead's id in `external_system`."""

    external_id: Literal[True]


class _Dated(Part):
    date_format: DateFormat | None = None
    zone: Zone = "UTC"

    @cached_property
    def zone_info(self) -> ZoneInfo:
        """The zone that times without one of their own are in."""
        return ZoneInfo(self.zone)


class StageTarget(_Dated):
    """When the lead entered a stage."""

    stage_entered: Key


class BehaviourTarget(_Dated):
    """When the person did something."""

    behaviour: Key


class CapturedTarget(_Dated):
    """When the interest was shown."""

    captured_at: Literal[True]


class IgnoreTarget(Part):
    """The column is known and not wanted."""

    ignore: Literal[True]


Dated = StageTarget | BehaviourTarget | CapturedTarget
TARGET_KEYS = ("field", "external_id", "stage_entered", "behaviour", "captured_at", "ignore")


def _target_key(value: Any) -> str | None:
    if value == "ignore":
        return "ignore"
    for key in TARGET_KEYS:
        if (isinstance(value, dict) and key in value) or (
            isinstance(value, BaseModel) and hasattr(value, key)
        ):
            return key
    return None


Target = Annotated[
    Annotated[FieldTarget, Tag("field")]
    | Annotated[ExternalIdTarget, Tag("external_id")]
    | Annotated[StageTarget, Tag("stage_entered")]
    | Annotated[BehaviourTarget, Tag("behaviour")]
    | Annotated[CapturedTarget, Tag("captured_at")]
    | Annotated[IgnoreTarget, Tag("ignore")],
    Discriminator(
        _target_key,
        custom_error_type="target",
        custom_error_message=f"a column needs exactly one of: {', '.join(TARGET_KEYS)}",
    ),
]


class DialectSpec(Part):
    """How the file is written, where that is stated rather than detected."""

    encoding: Short = ""
    delimiter: Short = ""
    sheet: Short = ""


class MappingSpec(Part):
    """Everything needed to read one kind of file.

    Attributes:
        blanks: texts that mean "nothing" in this file, beside the empty one.
        constants: contract field → the value that every row gets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Mode.LEADS
    external_system: System | None = None
    dialect: DialectSpec = DialectSpec()
    columns: Annotated[dict[Short, Target], Field(min_length=1, max_length=500)]
    constants: dict[Key, Short] = Field(default_factory=dict)
    blanks: tuple[Short, ...] = ()
    unmapped: Unmapped = Unmapped.REFUSE

    @model_validator(mode="before")
    @classmethod
    def _ignore_in_short(cls, data: Any) -> Any:
        columns = data.get("columns") if isinstance(data, dict) else None
        if not isinstance(columns, dict):
            return data
        spelled = {
            str(key): {"ignore": True} if value == "ignore" else value for key, value in columns.items()
        }
        return {**data, "columns": spelled}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        identities = [_identity(target) for target in self.columns.values()]
        twice = duplicates([name for name in identities if name])
        if twice:
            raise ValueError(
                f"more than one column is mapped to {', '.join(twice)}; keep one and ignore the others"
            )
        clash = sorted(self.constants.keys() & set(self.fields.values()))
        if clash:
            raise ValueError(f"{', '.join(clash)} comes from a column and from a constant; keep one of them")
        if self.external_heading and not self.external_system:
            raise ValueError(
                "a column is mapped to external_id, so external_system must name the system, e.g. hubspot"
            )
        if not self.external_heading and "email" not in self.fields.values():
            raise ValueError("no column identifies the lead; map one to the field email or to external_id")
        if self.mode is Mode.OUTCOMES and not self.dated and len(self.fields) == 0:
            raise ValueError("a file of outcomes must bring a stage date or a field")
        return self

    @cached_property
    def fields(self) -> dict[str, str]:
        """Heading → field key."""
        return {h: t.field for h, t in self.columns.items() if isinstance(t, FieldTarget)}

    @cached_property
    def external_heading(self) -> str:
        """Heading of the external id; empty when there is none."""
        return next((h for h, t in self.columns.items() if isinstance(t, ExternalIdTarget)), "")

    @cached_property
    def dated(self) -> dict[str, Dated]:
        """Heading → target, for every column that holds dates of its own."""
        return {
            h: t
            for h, t in self.columns.items()
            if isinstance(t, StageTarget | BehaviourTarget | CapturedTarget)
        }

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """Headings that the file must have: all but the ignored ones."""
        return tuple(h for h, t in self.columns.items() if not isinstance(t, IgnoreTarget))

    def as_json(self) -> dict[str, Any]:
        """For storage; `parse_mapping` reads it back."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"mode": self.mode.value}


def _identity(target: Target) -> str:
    match target:
        case FieldTarget():
            return f"the field {target.field}"
        case ExternalIdTarget():
            return "external_id"
        case StageTarget():
            return f"the stage {target.stage_entered}"
        case CapturedTarget():
            return "captured_at"
        case _:
            return ""
