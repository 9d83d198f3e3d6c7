"""The benches of our own adapters: each on its sandbox in memory."""
