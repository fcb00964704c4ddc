"""Concord: policies and definitions."""
