"""All addresses. Every app brings its own `urls.py`; sign-in and sign-out belong to the portal site."""

from django.contrib import admin
from django.urls import include, path

from config.home import home
from config.portal import portal

urlpatterns = [
    path("", home, name="home"),
    path("admin/", admin.site.urls),
    path("account/", portal.urls),
    path("", include("people.urls")),
    path("", include("notifications.urls")),
    path("", include("glossary.urls")),
    path("", include("routing.urls")),
    path("", include("dispositions.urls")),
    path("", include("reporting.urls")),
]
