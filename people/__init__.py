"""Concord: people, their roles, teams and time zones."""
