"""The admin of routing: what RevOps edits daily (members, accounts, calendars), and logs to read."""

from routing.admin import calendars, errors, logs, queues

__all__ = ["calendars", "errors", "logs", "queues"]
