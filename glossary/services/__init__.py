"""Acts on policies: one atomic function each."""
