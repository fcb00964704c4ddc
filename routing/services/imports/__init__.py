"""Imports: taking files in, running them in chunks, quarantine, named mappings."""
