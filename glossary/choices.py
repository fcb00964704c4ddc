"""Workstreams: the six lines of policy."""

from django.db.models import TextChoices


class Workstream(TextChoices):
    """One line of numbered versions each."""

    CHARTER = "charter", "Charter"
    GLOSSARY = "glossary", "Glossary & data contract"
    SCORING = "scoring", "Scoring & ICP"
    ROUTING = "routing", "Routing & SLAs"
    DISPOSITIONS = "dispositions", "Disposition reasons"
    REPORTING = "reporting", "Reporting & audits"
