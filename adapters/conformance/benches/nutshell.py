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
        "lead_product.price": {"currency": ("USD", "EUR")},
        "contact.first_name": {"last_name": ("Lee", "Ray")},
        "contact.last_name": {"first_name": ("Zoë", "Bob")},
        # a job title stands at the link to a company
        "contact.job_title": {"account_id": Ref("account")},
        "lead.outcome": {"status": ("cancelled", "lost")},
        "lead.contact_ids": {"contact_id": Ref("contact")},
        "activity.participants": {"contact_id": Ref("contact")},
        # a lead holds a product once
        "lead_product": {"product_id": New("product")},
        "note": {"account_id": Ref("account")},
        "task": {"account_id": Ref("account")},
    },
    moves={
        "contact.name": ("first_name", "last_name"),
        # the first word of a name is the first name
        "contact.first_name": ("first_name", "last_name", "name"),
        "contact.last_name": ("name",),
        "account.account_type": ("account_type",),
        "product.price": ("currency",),
        "lead.value": ("currency",),
        "lead_product.price": ("currency",),
        "lead_product.quantity": ("quantity",),
        # the first of the others takes the place of the main contact
        "lead.contact_id": ("contact_id", "contact_ids"),
        "activity.contact_id": ("contact_id", "participants"),
        # who logs an activity is its author
        "activity.done": ("author",),
        "lead.pipeline_id": ("stage_id",),
        "lead.stage_id": ("pipeline_id",),
        "lead.status": ("outcome",),
        "lead.outcome": ("status",),
    },
    kept={
        "contact.first_name": "the first word of a name is the first name",
        "account.account_type": "a company without one is given the standard one",
        "product.currency": "a price has one",
        "lead.currency": "a value has one",
        "lead_product.currency": "a price has one",
        "lead_product.quantity": "a product of a lead is there once at least",
        "lead.contact_id": "the first of the others takes its place",
        "activity.contact_id": "the first of the others takes its place",
        "lead.pipeline_id": "a lead stands in one",
        "lead.stage_id": "a lead stands in one",
        "lead.status": "a lead always has one",
    },
    final={
        f"{entity.name}.{column.key}": "the API takes it in a create only"
        for entity in ENTITIES.values()
        for column in entity.columns
        if column.create_only
    }
    | {"task.block": "of a task that exists, the API changes the assignee only"},
    refused={"contact": {"name": "Zoë Lee", "account_id": "999999999"}},
    revised=frozenset({"account", "contact", "lead", "activity"}),
)
"""What Nutshell's API does not say of its fields (see the catalogue for the sources)."""


def sandbox() -> InMemory:
    """A fresh account of a plan without a cap."""
    return in_memory(NutshellSettings(plan="pro"))


def bench(files: Files) -> Bench:
    """The adapter on such an account."""
    return MemoryBench(sandbox(), lambda: Nutshell(plan="pro"), RULES, files, garbled="null")
