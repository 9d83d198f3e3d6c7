"""The log: an append-only event store that knows no CRM."""
