"""The REST side (facts 9 to 13)."""
