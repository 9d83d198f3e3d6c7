"""People: the command line, the daemon, reports, deployment. It decides nothing: it asks the engine and shows the answer."""
