"""What changes reports: asking for runs, computing them."""
