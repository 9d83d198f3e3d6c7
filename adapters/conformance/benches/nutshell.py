"""The bench of the Nutshell adapter."""

from adapters.conformance.bench import Bench, Rules
from adapters.conformance.benches.memory import MemoryBench
from adapters.destinations.nutshell import Nutshell
from adapters.sandbox.nutshell import NutshellSettings, in_memory
from adapters.sandbox.world import InMemory
from adapters.transport import Files

RULES = Rules(
    revised=frozenset({"account", "contact", "lead", "activity"}),
)
"""What Nutshell's API does not say of its fields (see the catalogue for the sources)."""


def sandbox() -> InMemory:
    """A fresh account of a plan without a cap."""
    return in_memory(NutshellSettings(plan="pro"))


def bench(files: Files) -> Bench:
    """The adapter on such an account."""
    return MemoryBench(sandbox(), lambda: Nutshell(plan="pro"), RULES, files)
