"""Databases as sources: real SQLite files and a real PostgreSQL."""
