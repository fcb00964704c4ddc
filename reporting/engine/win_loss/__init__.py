"""Which criteria separate won from lost: pure counting and its words."""
