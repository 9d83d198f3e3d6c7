"""Real crashes: processes that are killed, images as a power cut leaves them, servers that stop at once."""
