"""The draft tables of reporting."""

from glossary.registry import Shape, Table
from reporting.engine.document import Kpi, ReportingDocument
from reporting.models import KpiDefinition, ReportingSettings

REPORTING = (
    Table(
        path="kpis",
        model=KpiDefinition,
        part=Kpi,
        columns={
            "key": "key",
            "label": "label",
            "from": "from_key",
            "to": "to_key",
            "window_days": "window_days",
            "target": "target",
            "at_least": "at_least",
        },
    ),
    Table(
        path="",
        model=ReportingSettings,
        part=ReportingDocument,
        shape=Shape.ROOT,
        columns={"zone": "zone", "dimensions": "dimensions"},
    ),
)
