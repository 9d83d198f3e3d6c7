"""Unit tests of the engine: no processes, no network."""
