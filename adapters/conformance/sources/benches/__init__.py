"""Benches of our own sources."""
