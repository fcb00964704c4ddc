"""Project wiring: settings, URLs, Celery, the portal site. Nothing imports this package."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
