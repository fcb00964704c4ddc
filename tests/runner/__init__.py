"""What bin/test runs: the checks, then the suite on SQLite, on PostgreSQL with Redis, and in a browser."""
