"""Tests of the sources: files as they really are."""
