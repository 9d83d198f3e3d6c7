"""The migration: the only place where adapters and the log meet."""
