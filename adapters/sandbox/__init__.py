"""Sandboxes: local servers that speak and enforce the real APIs."""
