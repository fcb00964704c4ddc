"""Addresses of glossary."""

from django.urls import path

from glossary import views

urlpatterns = [
    path("glossary/", views.glossary, name="glossary"),
    path("glossary/<slug:stage>/", views.stage, name="glossary_stage"),
    path("changelog/", views.changelog, name="changelog"),
    path("changelog/<slug:workstream>/<int:number>/", views.version, name="changelog_version"),
]
