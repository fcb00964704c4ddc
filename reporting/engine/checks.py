"""Cross-checks of the reporting document: stages of KPIs, dimensions, and the KPIs that stages name."""

from glossary.engine.documents import GlossaryDocument
from glossary.types import Documents, Finding
from reporting.engine.document import ReportingDocument

# Dimensions that need no field of the contract.
OWN_DIMENSIONS = frozenset({"source", "channel", "region", "segment", "team", "country", "campaign"})


def check_reporting(documents: Documents) -> list[Finding]:
    """KPIs run between stages that exist, dimensions can be read, and stages name KPIs that exist."""
    reporting = documents.get(ReportingDocument)
    glossary = documents.get(GlossaryDocument)
    stages = glossary.stage_by_key
    found = []
    for kpi in reporting.kpis:
        where = f"reporting.kpis.{kpi.key}"
        found += [
            Finding(where, f"the glossary has no stage {end!r}; it has {', '.join(stages)}")
            for end in (kpi.from_, kpi.to)
            if end not in stages
        ]
        if kpi.from_ == kpi.to:
            found.append(Finding(where, f"it runs from {kpi.from_} to itself; name two stages"))
    known = OWN_DIMENSIONS | {field.key for field in glossary.fields}
    found += [
        Finding("reporting.dimensions", f"{key!r} is neither a dimension nor a field of the data contract")
        for key in reporting.dimensions
        if key not in known
    ]
    for stage in glossary.stages:
        found += [
            Finding(
                f"glossary.stages.{stage.key}.kpis",
                f"reporting has no KPI {key!r}; add it there or drop it here",
            )
            for key in stage.kpis
            if key not in reporting.kpi_by_key
        ]
    return found
