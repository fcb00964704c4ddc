"""Back-test: counting what two definitions would have made of the same leads, and saying it. Pure."""
