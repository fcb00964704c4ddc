"""Addresses of routing."""

from django.urls import URLPattern, path

from routing.views import imports, leads, quarantine, team

urlpatterns: list[URLPattern] = [
    path("team/", team.team, name="team"),
    path("team/leads/<int:lead_id>/reassign/", team.reassign, name="team_reassign"),
    path("leads/", leads.lead_list, name="leads"),
    path("leads/import/", imports.import_list, name="import_list"),
    path("leads/import/<int:pk>/", imports.import_detail, name="import_detail"),
    path("leads/import/<int:pk>/state.json", imports.import_state, name="import_state"),
    path("leads/quarantine/", quarantine.quarantine, name="quarantine"),
    path("leads/quarantine.csv", quarantine.quarantine_csv, name="quarantine_csv"),
    path("leads/quarantine/<int:pk>/", quarantine.quarantine_row, name="quarantine_row"),
    path("leads/quarantine/<int:pk>/discard/", quarantine.quarantine_discard, name="quarantine_discard"),
    path("leads/<int:lead_id>/", leads.lead_story, name="lead"),
]
