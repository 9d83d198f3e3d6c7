"""People: the command line, the daemon, reports."""
