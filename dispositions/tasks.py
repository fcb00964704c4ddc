"""Celery tasks of the desk: thin, idempotent sweeps."""

from celery import shared_task
from django.utils import timezone

from dispositions.services.carry_out import carry_out_due


@shared_task(name="dispositions.carry_out")
def carry_out() -> int:
    """Carry out next actions that are due; their number."""
    return carry_out_due(now=timezone.now())
