"""Tests of the sandbox of undocumented REST APIs."""
