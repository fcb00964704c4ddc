"""Back-tests: counting, keeping, and their pages."""
