"""The pure calculations of routing: plain data in, plain data out; no database and no clock of their own."""
