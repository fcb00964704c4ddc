"""Questions about leads, clocks and imports."""
