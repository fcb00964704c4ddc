"""Addresses of people."""

from django.urls import path

from people import views

urlpatterns = [
    path("me/", views.me, name="me"),
]
