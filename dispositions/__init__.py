"""Concord: the desk and dispositions."""
