"""Commands of routing: setup and what brings leads in."""
