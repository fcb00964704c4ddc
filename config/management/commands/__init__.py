"""Commands for the terminal: `manage.py NAME`."""
