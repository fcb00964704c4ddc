"""Addresses of the inbox."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="inbox_read_all"),
    path("inbox/<int:notification_id>/read/", views.read_one, name="inbox_read"),
]
