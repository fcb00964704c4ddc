"""Tests of the pure calculations of routing: no database, no clock."""
