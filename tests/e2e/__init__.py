"""Whole migrations through the command line, against a sandbox that is a real process."""
