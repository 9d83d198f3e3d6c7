"""Tests of sources that are paged JSON APIs."""
