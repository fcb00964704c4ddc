"""Questions about policies in force and their history."""
