"""Tests of the pure rules of the policies: no database, no clock."""
