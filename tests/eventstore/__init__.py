"""Tests of the log, each on SQLite and on PostgreSQL."""
