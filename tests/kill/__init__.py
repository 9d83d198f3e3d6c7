"""Killed processes: every command that writes, ended by SIGKILL again and again, comes to the same end."""
