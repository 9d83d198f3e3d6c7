"""The JSON-RPC side (facts 3 to 10)."""
