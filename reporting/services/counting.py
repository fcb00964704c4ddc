"""Counting: from a question and an as-of instant to the result, by the pure engine over the streamed log."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from people.models import User
from reporting.engine.attainment import count_attainment
from reporting.engine.conversion_result import Covered, Json, conversion_result
from reporting.engine.document import ReportingDocument
from reporting.engine.funnel import count_conversion
from reporting.engine.parameters import (
    KEY,
    OWNER,
    ConversionParameters,
    SlaParameters,
    WhatIfParameters,
    WinLossParameters,
)
from reporting.engine.passes import count_by_pass
from reporting.engine.rule import MONTH, TOTAL, ConversionRule
from reporting.engine.sla_result import SlaBasis, sla_result
from reporting.queries.clocks import ClockQuestion, clocks_of, counted_clocks, editions_of
from reporting.queries.definitions import line_of, versions_of
from reporting.queries.emergencies import emergency_notes
from reporting.queries.entries import EntryLog
from reporting.queries.lead_values import AsOf
from reporting.services.curves import Tell, count_what_if
from reporting.services.inflating import compare_months
from reporting.services.winning import count_win_loss
from routing.engine.documents.routing import RoutingDocument

Parameters = ConversionParameters | SlaParameters | WhatIfParameters | WinLossParameters


@dataclass(frozen=True, slots=True)
class Moment:
    """As of when is counted (aware), with the stages and the zone of which edition."""

    as_of: datetime
    edition: EditionInForce

    @property
    def zone(self) -> str:
        """The reporting zone."""
        return self.edition.document(ReportingDocument).zone


def _nobody(_: float) -> None:
    """Where nobody asks how far it is."""


def count(parameters: Parameters, moment: Moment, tell: Tell = _nobody) -> Json:
    """The result of a report as JSON data. Raises CountingError for what cannot be counted.

    `tell` is called now and then with the share that is done, from 0 to 1, by reports that take long.
    """
    if isinstance(parameters, ConversionParameters):
        return _count_conversion(parameters, moment)
    if isinstance(parameters, WhatIfParameters):
        return _marked(count_what_if(parameters, moment.as_of, moment.edition, tell), {moment.edition.number})
    if isinstance(parameters, WinLossParameters):
        return _marked(
            count_win_loss(parameters, moment.as_of, moment.edition, tell), {moment.edition.number}
        )
    return _count_sla(parameters, moment)


def rule_of(parameters: ConversionParameters, moment: Moment) -> ConversionRule:
    """The counting rule of a question as of a moment."""
    return parameters.rule(moment.as_of, moment.zone)


def _count_conversion(parameters: ConversionParameters, moment: Moment) -> Json:
    line, rule = line_of(moment.edition), rule_of(parameters, moment)
    dimensions = () if parameters.by in {TOTAL, MONTH} else (parameters.by,)
    rule.check(line, dimensions)
    log = EntryLog(AsOf(moment.as_of, parameters.basis), dimensions)
    counted = count_conversion(log, line, rule, dimensions)
    imported, imported_later = log.imported, log.imported_later
    by_pass = None if line.is_detour(rule.from_stage) else count_by_pass(log, line, rule, dimensions)
    covered = Covered(
        edition=moment.edition.number,
        versions=versions_of("glossary", counted.editions),
        imported=imported,
        imported_later=imported_later,
        names={stage.key: stage.name for stage in moment.edition.document(GlossaryDocument).stages},
    )
    result = conversion_result(parameters, counted, by_pass, covered)
    inflation = compare_months(counted, AsOf(moment.as_of, parameters.basis))
    if inflation is not None:
        result["inflation"] = inflation
    return _marked(result, {moment.edition.number, *counted.editions})


def _count_sla(parameters: SlaParameters, moment: Moment) -> Json:
    question = ClockQuestion(parameters, moment.as_of, ZoneInfo(moment.zone))
    rows, total = count_attainment(counted_clocks(question), parameters.at_least)
    editions = editions_of(clocks_of(question))
    versions = versions_of("routing", editions)
    basis = SlaBasis(
        as_of=moment.as_of,
        zone=moment.zone,
        edition=moment.edition.number,
        versions=sorted(set(versions.values())),
        labels=_labels(parameters, moment.edition),
    )
    return _marked(sla_result(parameters, rows, total, basis), {moment.edition.number, *editions})


def _marked(result: Json, editions: set[int]) -> Json:
    """The result with a note for every emergency that it covers."""
    notes = result["notes"]
    return {**result, "notes": [*(notes if isinstance(notes, list) else ()), *emergency_notes(editions)]}


def _labels(parameters: SlaParameters, edition: EditionInForce) -> dict[str, str]:
    if parameters.by == KEY:
        return {target.key: target.name for target in edition.document(RoutingDocument).sla}
    if parameters.by == OWNER:
        return {user.username: str(user) for user in User.objects.only("username", "first_name", "last_name")}
    return {}
