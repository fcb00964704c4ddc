"""App config of dispositions."""

from django.apps import AppConfig


class DispositionsConfig(AppConfig):
    name = "dispositions"
    verbose_name = "Desk"

    def ready(self) -> None:
        from dispositions.engine.checks import check_dispositions
        from dispositions.engine.document import DispositionsDocument
        from dispositions.registry import DISPOSITIONS
        from glossary import registry

        registry.register(
            registry.DocumentType("dispositions", DispositionsDocument, check_dispositions, DISPOSITIONS)
        )
