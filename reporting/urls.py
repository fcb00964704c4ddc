"""Addresses of reporting."""

from django.urls import URLPattern, path

from reporting.views import back_tests, conversion, hygiene, hygiene_leads, overview, sla, what_if, win_loss

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
    path("reports/back-tests/", back_tests.back_tests, name="back_tests"),
    path("reports/back-tests/<int:pk>/", back_tests.back_test, name="back_test"),
    path("reports/back-tests/<int:pk>/leads/", back_tests.back_test_leads, name="back_test_leads"),
    path("reports/back-tests/<int:pk>/leads.csv", back_tests.back_test_csv, name="back_test_csv"),
    path("reports/what-if/", what_if.what_if, name="report_what_if"),
    path("reports/what-if/compute/", what_if.what_if_compute, name="report_what_if_compute"),
    path("reports/what-if/<int:run_id>/", what_if.what_if_run, name="report_what_if_run"),
    path("reports/win-loss/", win_loss.win_loss, name="report_win_loss"),
    path("reports/win-loss/compute/", win_loss.win_loss_compute, name="report_win_loss_compute"),
    path("reports/win-loss/<int:run_id>/", win_loss.win_loss_run, name="report_win_loss_run"),
    path("reports/win-loss/<int:run_id>/leads/", win_loss.win_loss_leads, name="report_win_loss_leads"),
    path("reports/hygiene/", hygiene.hygiene, name="report_hygiene"),
    path("reports/hygiene.csv", hygiene.hygiene_csv, name="report_hygiene_csv"),
    path("reports/hygiene/fields/<str:key>/", hygiene.hygiene_field, name="report_hygiene_field"),
    path("reports/hygiene/leads/", hygiene_leads.hygiene_leads, name="report_hygiene_leads"),
    path("reports/hygiene/leads.csv", hygiene_leads.hygiene_leads_csv, name="report_hygiene_leads_csv"),
]
