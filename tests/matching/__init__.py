"""Tests of matching: own schemas with their truth."""
