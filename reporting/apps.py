"""App config of reporting."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reports"

    def ready(self) -> None:
        """Register the document type and bind the nudge; retry=False notices a broker that is down at once."""
        from glossary import registry
        from notifications.nudges import register_nudge
        from reporting.engine.checks import check_reporting
        from reporting.engine.document import ReportingDocument
        from reporting.registry import REPORTING
        from reporting.tasks import run_back_tests, run_reports

        registry.register(registry.DocumentType("reporting", ReportingDocument, check_reporting, REPORTING))
        register_nudge("reporting.run_reports", lambda: run_reports.apply_async(retry=False))
        register_nudge("reporting.run_back_tests", lambda: run_back_tests.apply_async(retry=False))
