"""Walks through a real Chromium: what only shows when somebody clicks."""
