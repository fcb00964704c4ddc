"""Concord: the one outbox."""
