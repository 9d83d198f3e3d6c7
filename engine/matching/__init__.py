"""Matching: what each field of a source is, and what becomes of it at a destination. Offline; data in `data/`."""
