"""Acts on leads, assignments, clocks and imports: one atomic function each."""
