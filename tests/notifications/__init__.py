"""Tests of the outbox and the inbox."""
