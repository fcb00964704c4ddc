"""The win/loss check: decided leads are judged one by one with the facts of their time, and counted by line."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField
from glossary.types import EditionInForce
from reporting.engine.conversion_result import Json
from reporting.engine.document import ReportingDocument
from reporting.engine.errors import CountingError
from reporting.engine.parameters import WinLossParameters
from reporting.engine.win_loss.asked import Asked, Policies, criteria_of, left_out
from reporting.engine.win_loss.judging import facts_to_judge, reads_of
from reporting.engine.win_loss.period import asked_period
from reporting.engine.win_loss.result import WinLossBasis, win_loss_result
from reporting.engine.win_loss.rule import WinLossRule, rule_of
from reporting.engine.win_loss.tally import Cells, Tally
from reporting.engine.win_loss.values import NO_SUCH_FIELD, lines_on, why_refused
from reporting.queries.win_loss import decided_leads, judged_leads
from routing.engine.documents import ScoringDocument

Tell = Callable[[float], None]


def count_win_loss(
    parameters: WinLossParameters, as_of: datetime, edition: EditionInForce, tell: Tell
) -> Json:
    """The check as JSON data.

    1. Find the leads whose first outcome lies in the period.
    2. Judge each by every criterion of the policies, with the facts and the scores of its time.
    3. Compare each line, and the values of the chosen field.

    `tell` is called now and then with the share that is done, from 0 to 1. Raises CountingError for a field that
    is only known after the outcome or cannot be compared, and where the glossary has no win.
    """
    policies = policies_of(edition)
    field = _field(parameters.field, policies.glossary)
    rule = win_loss_rule(parameters, as_of, edition)
    tally = Tally(criteria_of(policies), policies.scoring.thresholds, parameters.field)
    decided = decided_leads(rule)
    reads = reads_of(tally.asked, policies.scoring, parameters.field)
    imported = 0
    for number, judged in enumerate(judged_leads(rule, decided, reads), start=1):
        facts = facts_to_judge(judged.history, judged.moment, policies.scoring)
        tally.add(facts, judged.moment, won=judged.decided.won)
        imported += judged.history.imported
        if number % 500 == 0:
            tell(number / len(decided))
    basis = WinLossBasis(
        edition=edition.number,
        versions=dict(edition.versions),
        unjudged=len(decided) - tally.won - tally.lost,
        imported=imported,
        left_out=left_out(policies),
        field=field,
    )
    return win_loss_result(parameters, rule, tally, _lines(tally, field, policies, parameters), basis)


def win_loss_rule(parameters: WinLossParameters, as_of: datetime, edition: EditionInForce) -> WinLossRule:
    """The counting rule of a question as of an aware instant; raises CountingError."""
    zone = ZoneInfo(edition.document(ReportingDocument).zone)
    period = asked_period(parameters.since, parameters.until, as_of, zone)
    return rule_of(edition.document(GlossaryDocument), period, as_of, zone)


def policies_of(edition: EditionInForce) -> Policies:
    """The glossary and the scoring of an edition."""
    return Policies(edition.document(GlossaryDocument), edition.document(ScoringDocument))


def _field(key: str | None, glossary: GlossaryDocument) -> ContractField | None:
    if key is None:
        return None
    field = glossary.field_by_key.get(key)
    problem = NO_SUCH_FIELD if field is None else why_refused(field)
    if problem:
        raise CountingError("field", key, problem)
    return field


def _lines(
    tally: Tally, field: ContractField | None, policies: Policies, parameters: WinLossParameters
) -> Iterator[tuple[Asked, Cells]]:
    yield from tally.rows()
    if field is not None:
        yield from tally.of_values(lines_on(field, tally, policies, parameters.at_least))
