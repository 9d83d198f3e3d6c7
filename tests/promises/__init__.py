"""The promises of load order, rate, files and times (sections 7, 9 and 10 of the list), each by its own check."""
