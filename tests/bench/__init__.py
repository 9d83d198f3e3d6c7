"""Measurements, and the exports that they are made with."""
