"""Addresses of reporting."""

from django.urls import URLPattern, path

from reporting.views import conversion, hygiene, hygiene_leads, overview, sla

urlpatterns: list[URLPattern] = [
    path("reports/", overview.overview, name="reports"),
    path("reports/compute/", overview.overview_compute, name="reports_compute"),
    path("reports/runs/<int:run_id>.csv", overview.download, name="report_csv"),
    path("reports/conversion/", conversion.conversion, name="report_conversion"),
    path("reports/conversion/compute/", conversion.conversion_compute, name="report_conversion_compute"),
    path("reports/conversion/<int:run_id>/", conversion.conversion_run, name="report_conversion_run"),
    path(
        "reports/conversion/<int:run_id>/leads/", conversion.conversion_leads, name="report_conversion_leads"
    ),
    path("reports/sla/", sla.sla, name="report_sla"),
    path("reports/sla/compute/", sla.sla_compute, name="report_sla_compute"),
    path("reports/sla/<int:run_id>/", sla.sla_run, name="report_sla_run"),
    path("reports/sla/<int:run_id>/leads/", sla.sla_leads, name="report_sla_leads"),
    path("reports/hygiene/", hygiene.hygiene, name="report_hygiene"),
    path("reports/hygiene.csv", hygiene.hygiene_csv, name="report_hygiene_csv"),
    path("reports/hygiene/fields/<str:key>/", hygiene.hygiene_field, name="report_hygiene_field"),
    path("reports/hygiene/leads/", hygiene_leads.hygiene_leads, name="report_hygiene_leads"),
    path("reports/hygiene/leads.csv", hygiene_leads.hygiene_leads_csv, name="report_hygiene_leads_csv"),
]
