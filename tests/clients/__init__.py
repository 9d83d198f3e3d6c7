"""The official clients, unchanged, on the sandboxes."""
