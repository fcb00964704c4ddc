"""Tests of criteria: words, evaluation in Python and SQL, scoring."""
