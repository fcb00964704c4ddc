"""Replay: what a definition would have said of a lead at each moment of its own history."""
