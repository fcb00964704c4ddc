"""Addresses of the desk."""

from django.urls import URLPattern, path

from dispositions.choices import DispositionKind
from dispositions.views import acts, desk, lead


def _decision(kind: DispositionKind) -> URLPattern:
    """An address per kind of decision: /desk/leads/7/hand-over/ is desk_hand_over."""
    route = f"desk/leads/<int:lead_id>/{kind.value.replace('_', '-')}/"
    return path(route, acts.decision, {"kind": kind}, name=f"desk_{kind.value}")


urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/leads/<int:lead_id>/", lead.lead, name="desk_lead"),
    path("desk/leads/<int:lead_id>/touch/", acts.touch, name="desk_touch"),
    path("desk/leads/<int:lead_id>/take/", acts.take_lead, name="desk_take"),
    path("desk/undo/<int:disposition_id>/", acts.undo_decision, name="desk_undo"),
    *(_decision(kind) for kind in DispositionKind),
]
