#!/usr/bin/env python3
"""Django's command-line entry point for Concord."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ImportError as error:
        raise SystemExit(
            "Django is not installed in this Python. Run bin/serve or bin/test once (they make .venv), "
            "then use .venv/bin/python manage.py."
        ) from error
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        _explain(f"{error}")
    except OperationalError as error:
        _explain(f"the database cannot be used: {error}")


def _explain(message: str) -> None:
    """End with one line for whoever runs it; `--traceback` shows where it came from."""
    if "--traceback" in sys.argv:
        raise  # noqa: PLE0704  (called while the exception is handled)
    sys.exit(f"concord: {' '.join(message.split())}")


if __name__ == "__main__":
    main()
