"""Adapters: each turns one outside system into schemas, records and writes, and knows neither log nor engine."""
