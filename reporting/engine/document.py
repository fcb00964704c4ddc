"""The reporting document: the reporting zone, KPIs and dimensions."""

from functools import cached_property
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from glossary.engine.base import Key, Line, Part, PolicyDocument, require_unique


class Kpi(Part):
    """A conversion that the organisation steers by."""

    key: Key
    label: Line
    from_: Annotated[Key, Field(alias="from")]
    to: Key
    window_days: Annotated[int, Field(ge=1, le=1095)] | None = None
    target: Annotated[float, Field(ge=0, le=1)] | None = None
    at_least: Annotated[int, Field(ge=1)] = 20


class ReportingDocument(PolicyDocument):
    """How the organisation counts."""

    zone: Line
    kpis: tuple[Kpi, ...]
    dimensions: tuple[Key, ...]

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a time zone; use an IANA name such as Europe/London")
        return value

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        require_unique([kpi.key for kpi in self.kpis], "KPIs")
        return self

    def named_kpis(self) -> dict[str, str]:
        """Labels of its KPIs."""
        return {kpi.key: kpi.label for kpi in self.kpis}

    @cached_property
    def kpi_by_key(self) -> dict[str, Kpi]:
        """KPIs by key."""
        return {kpi.key: kpi for kpi in self.kpis}
