"""People: the command line, the daemon, reports. It decides nothing: it asks the engine and shows the answer."""
