"""Mutations of the outbox and the inbox."""
