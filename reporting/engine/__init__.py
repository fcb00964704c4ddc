"""The pure counting engine of the reports: plain data in, numbers out; no database, no clock of its own."""
