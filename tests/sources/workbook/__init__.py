"""Workbooks that people fill by hand."""
