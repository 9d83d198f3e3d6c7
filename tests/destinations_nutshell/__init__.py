"""Nutshell as a destination, against answers written down by hand and against its sandbox."""
