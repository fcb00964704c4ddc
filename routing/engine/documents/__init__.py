"""The policy documents that routing owns: scoring and routing."""

from routing.engine.documents.routing import RoutingDocument
from routing.engine.documents.scoring import ScoringDocument

__all__ = ["RoutingDocument", "ScoringDocument"]
