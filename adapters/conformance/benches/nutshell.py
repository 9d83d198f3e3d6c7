"""The bench of the Nutshell adapter."""

from adapters.conformance.bench import Bench, New, Ref, Rules
from adapters.conformance.benches.memory import MemoryBench
from adapters.destinations.nutshell import Nutshell
from adapters.destinations.nutshell.catalogue import ENTITIES
from adapters.sandbox.nutshell import NutshellSettings, in_memory
from adapters.sandbox.world import InMemory
from adapters.transport import Files

RULES = Rules(
    samples={
        "product.currency": ("USD", "EUR"),
        "lead.currency": ("USD", "EUR"),
        "lead_product.currency": ("USD", "EUR"),
        "contact.name": ("Zoë Lee", "Bob Ray"),
        "contact.first_name": ("Zoë", "Bob"),
        "contact.last_name": ("Lee", "Ray"),
        "lead.contact_ids": ([Ref("contact", 2)], [Ref("contact", 2)]),
        "activity.participants": ([Ref("contact", 2)], [Ref("contact", 2)]),
    },
    along={
        "options": {"entity": "lead", "field": "sources"},
        "product.currency": {"price": (1234.5, 42)},
        "lead.currency": {"value": (1234.5, 42)},
        "lead_product.currency": {"price": (1234.5, 42)},
        "contact.first_name": {"last_name": ("Lee", "Ray")},
        "contact.last_name": {"first_name": ("Zoë", "Bob")},
        # a job title stands at the link to a company
        "contact.job_title": {"account_id": Ref("account")},
        "lead.contact_ids": {"contact_id": Ref("contact")},
        "activity.participants": {"contact_id": Ref("contact")},
        # a lead holds a product once
        "lead_product": {"product_id": New("product")},
        "note": {"account_id": Ref("account")},
        "task": {"account_id": Ref("account")},
    },
    moves={
        "contact.name": ("first_name", "last_name"),
        "contact.first_name": ("name",),
        "contact.last_name": ("name",),
    },
    final={
        f"{entity.name}.{column.key}": "the API takes it in a create only"
        for entity in ENTITIES.values()
        for column in entity.columns
        if column.create_only
    },
    refused={"account": {"name": ""}},
    revised=frozenset({"account", "contact", "lead", "activity"}),
)
"""What Nutshell's API does not say of its fields (see the catalogue for the sources)."""


def sandbox() -> InMemory:
    """A fresh account of a plan without a cap."""
    return in_memory(NutshellSettings(plan="pro"))


def bench(files: Files) -> Bench:
    """The adapter on such an account."""
    return MemoryBench(sandbox(), lambda: Nutshell(plan="pro"), RULES, files)
