"""Reading what reports are counted from, and the stored runs."""
