"""Concord: reports."""
