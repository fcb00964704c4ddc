"""Tests of the desk: decisions, what follows, pages."""
