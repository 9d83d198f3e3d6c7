"""The simulator: the real engine, adapters, store and sandboxes in one process on a virtual clock, from one seed."""
