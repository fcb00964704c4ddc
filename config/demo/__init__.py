"""The demo organisation: a made-up company whose year is played through the real services."""
