"""Tests of the routing app, mirroring its rooms."""
