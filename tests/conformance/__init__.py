"""The conformance suite itself: it passes our adapters, fails faulty ones, and finds those of others."""
