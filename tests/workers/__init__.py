"""Real Celery workers on real Redis and PostgreSQL, some of which are killed."""
