"""Measurements beside limits or peers: `python -m benchmarks.<name>`; docs of each at its top."""
