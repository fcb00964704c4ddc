"""Pages of routing, one subject per module."""
