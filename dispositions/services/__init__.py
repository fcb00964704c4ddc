"""Acts of the desk: one atomic function each."""
