"""Cross-checks of the dispositions document: stages, moves and queues that its reasons name."""

from dispositions.engine.document import DispositionsDocument, Do, Outcome, Reason
from glossary.engine.documents import GlossaryDocument
from glossary.types import Documents, Finding
from routing.engine.documents.routing import RoutingDocument


def check_dispositions(documents: Documents) -> list[Finding]:
    """Every reason can be used where it says, and its action can be carried out."""
    glossary = documents.get(GlossaryDocument)
    queues = documents.get(RoutingDocument).queue_by_key
    found = []
    for reason in documents.get(DispositionsDocument).reasons:
        where = f"dispositions.reasons.{reason.key}"
        found += _check_stages(where, reason, glossary)
        queue = reason.action.queue
        if queue is not None and queue not in queues:
            found.append(Finding(where, f"routing has no queue {queue!r}; it has {', '.join(queues)}"))
        if reason.action.do is Do.ENRICH and queue is None:
            found.append(Finding(where, "an enrich action names the queue that the lead waits in"))
    return found


def _check_stages(where: str, reason: Reason, glossary: GlossaryDocument) -> list[Finding]:
    stages = glossary.stage_by_key
    outcome = "" if reason.outcome is Outcome.STAYS else reason.outcome.value
    found = []
    if outcome and outcome not in stages:
        found.append(Finding(where, f"its outcome {outcome!r} is no stage of the glossary; add the stage"))
    for stage in reason.stages:
        if stage not in stages:
            found.append(Finding(where, f"the glossary has no stage {stage!r}; it has {', '.join(stages)}"))
        elif outcome in stages and (stage, outcome) not in glossary.moves_by_ends:
            found.append(
                Finding(
                    where, f"the glossary allows no move from {stage} to {outcome}; add it or drop the stage"
                )
            )
    return found
