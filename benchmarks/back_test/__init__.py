"""The back-test of one million leads beside DuckDB: `python -m benchmarks.back_test`."""
