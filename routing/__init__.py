"""Concord: leads, stages, routing and clocks."""
