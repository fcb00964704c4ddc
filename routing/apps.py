"""App config of routing."""

from functools import partial

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = "Leads and routing"

    def ready(self) -> None:
        from glossary import registry
        from routing.engine import checks
        from routing.engine.documents import RoutingDocument, ScoringDocument

        registry.register(registry.DocumentType("scoring", ScoringDocument, checks.check_scoring))
        registry.register(registry.DocumentType("routing", RoutingDocument, checks.check_routing))
        _register_nudges()


def _register_nudges() -> None:
    """Bind nudges to their tasks; retry=False, so that a broker that is down is noticed at once."""
    from notifications.nudges import register_nudge
    from routing.tasks import drain_queues, run_imports, sweep_clocks

    for task in (sweep_clocks, drain_queues, run_imports):
        register_nudge(task.name, partial(task.apply_async, retry=False))
