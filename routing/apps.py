"""App config of routing."""

from functools import partial

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = "Leads and routing"

    def ready(self) -> None:
        from glossary import registry
        from glossary.registry.counters import register_counter
        from routing.engine import checks
        from routing.engine.documents import RoutingDocument, ScoringDocument
        from routing.engine.grading import grade
        from routing.queries.stage_counts import count_by_stage
        from routing.registry import ROUTING, SCORING

        kind = registry.DocumentType
        registry.register(
            kind("scoring", ScoringDocument, checks.check_scoring, SCORING, grade, back_tested=True)
        )
        registry.register(kind("routing", RoutingDocument, checks.check_routing, ROUTING, grade))
        register_counter("leads", count_by_stage)
        _register_nudges()


def _register_nudges() -> None:
    """Bind nudges to their tasks; retry=False, so that a broker that is down is noticed at once."""
    from notifications.nudges import register_nudge
    from routing.tasks import drain_queues, run_imports, sweep_clocks

    for task in (sweep_clocks, drain_queues, run_imports):
        register_nudge(task.name, partial(task.apply_async, retry=False))
