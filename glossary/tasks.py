"""Tasks of the policies: thin sweeps."""

from celery import shared_task
from django.utils import timezone

from glossary.queries.editions import memo
from glossary.services.sweeping import tick as do_tick


@shared_task(name="glossary.tick")
def tick() -> int:
    """Do what is due of change requests. Returns how many went in force."""
    with memo():
        return do_tick(timezone.now())
