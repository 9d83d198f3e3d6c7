"""How a command ends: exit codes, and the errors that people cause and mend.

0 done · 1 failed · 2 wrong usage or configuration · 3 stopped at a gate · 4 the budget is spent · 5 another node owns
this migration · 6 checked, and there are differences · 130 interrupted
"""

DONE, FAILED, USAGE, GATE, BUDGET, OWNED, DIFFERENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130


class ConfigError(Exception):
    """Wrong usage or configuration; the message says what to change."""
