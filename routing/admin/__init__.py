"""The admin of routing: what RevOps edits daily (members, accounts, calendars), drafts, and logs to read."""

from routing.admin import calendars, drafts_routing, drafts_scoring, errors, logs, queues

__all__ = ["calendars", "drafts_routing", "drafts_scoring", "errors", "logs", "queues"]
