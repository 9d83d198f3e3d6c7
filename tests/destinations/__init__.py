"""Tests of the destination adapters."""
