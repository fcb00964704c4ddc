"""App config of glossary: registers the charter and the glossary documents."""

from django.apps import AppConfig


class GlossaryConfig(AppConfig):
    name = "glossary"
    verbose_name = "Policies"

    def ready(self) -> None:
        from glossary import registry
        from glossary.engine import checks
        from glossary.engine.charter import CharterDocument
        from glossary.engine.documents import GlossaryDocument
        from glossary.registry import own

        registry.register(
            registry.DocumentType("charter", CharterDocument, checks.check_charter, own.CHARTER)
        )
        registry.register(
            registry.DocumentType(
                "glossary", GlossaryDocument, checks.check_glossary, own.GLOSSARY, back_tested=True
            )
        )
