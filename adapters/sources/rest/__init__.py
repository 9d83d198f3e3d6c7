"""Paged JSON APIs as sources, each described by a table: see `table` for what a vendor fills in."""
