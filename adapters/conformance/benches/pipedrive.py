"""The bench of the Pipedrive adapter."""

from adapters.conformance.bench import Bench, Ref, Rules
from adapters.conformance.benches.memory import MemoryBench
from adapters.destinations.pipedrive import Pipedrive
from adapters.destinations.pipedrive.catalogue import ENTITIES
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import InMemory
from adapters.transport import Files

RULES = Rules(
    samples={
        "organization.annual_revenue": (1_250_000, 42),
        "organization.employee_count": (120, 7),
        "person.name": ("Zoë Lee", "Bob Ray"),
        "person.first_name": ("Zoë", "Bob"),
        "person.last_name": ("Lee", "Ray"),
        "product.billing_frequency_cycles": (12, 4),
        "variation.price_notes": ({"USD": "per box"}, {"USD": "per piece"}),
        "deal_product.billing_frequency_cycles": (12, 4),
        "deal_product.billing_start_date": ("2026-07-01", "2027-01-31"),
        "deal.participants": ([Ref("person", 2)], [Ref("person", 2)]),
        "lead.channel": (52, 7),
        "deal.currency": ("EUR", "USD"),
        "activity.participants": ([Ref("person", 2)], [Ref("person", 2)]),
    },
    along={
        "pipeline": {"probability": True},
        "product.billing_frequency_cycles": {"billing_frequency": "monthly"},
        "deal_product.billing_frequency_cycles": {"billing_frequency": "monthly"},
        "deal_product.product_variation_id": {"product_id": Ref("product")},
        "file": {"deal_id": Ref("deal")},
        "remote_file": {"deal_id": Ref("deal")},
        "lead": {"org_id": Ref("organization")},
        "note": {"org_id": Ref("organization")},
        # a first name alone is the whole name
        "person.first_name": {"last_name": ("Lee", "Ray")},
        "person.last_name": {"first_name": ("Zoë", "Bob")},
        # a deal stands in a stage: a new pipeline has none
        "deal.pipeline_id": {"stage_id": Ref("stage")},
        "deal.probability": {"stage_id": Ref("stage")},
        "deal.lost_reason": {"status": "lost"},
        "deal.lost_time": {"status": "lost"},
        "deal.won_time": {"status": "won"},
        "deal.close_time": {"status": "won"},
        "deal.archive_time": {"is_archived": True},
        # the first participant is the contact person
        "activity.participants": {"person_id": Ref("person")},
        "activity.due_time": {"due_date": "2024-02-29"},
    },
    moves={
        "person.name": ("first_name", "last_name"),
        "person.first_name": ("name",),
        "person.last_name": ("name",),
        "deal_product.product_id": ("product_variation_id",),
        # who was the contact person stays a participant
        "deal.person_id": ("participants",),
        "deal.pipeline_id": ("stage_id",),
        "deal.stage_id": ("pipeline_id",),
        "deal.status": ("won_time", "lost_time", "close_time", "lost_reason"),
        "deal.won_time": ("close_time",),
        "deal.lost_time": ("close_time",),
        "deal.close_time": ("won_time", "lost_time"),
        "deal.is_archived": ("archive_time",),
        # the server makes the first of the others the contact person
        "activity.person_id": ("person_id", "participants"),
    },
    final={
        f"{entity.name}.{column.key}": "the API takes it in a create only"
        for entity in ENTITIES.values()
        for column in entity.columns
        if column.create_only
    },
    kept={
        f"{entity.name}.{column.key}": "the API has no way to empty it"
        for entity in ENTITIES.values()
        for column in entity.columns
        if column.unclearable or (column.kind in ("boolean", "user") and not column.many) or column.key == "visible_to"
    }
    | {
        "person.birthday": "the API takes no null for it",
        "deal.currency": "a deal always has one",
        "deal.status": "a deal is open, won or lost",
        "deal.close_time": "a closed deal always has one",
        "deal.archive_time": "an archived deal always has one",
    },
    refused={
        "lead": {"title": "A lead without a contact"},
        "deal": {"title": "A deal in no stage", "stage_id": "999999999"},
    },
    unread={"person.marketing_status": "it is shown only with the Campaigns add-on"},
)
"""What Pipedrive's field lists do not say (see the catalogue for the sources)."""


def sandbox() -> InMemory:
    """A fresh account of the largest plan, whose budget is no matter."""
    return in_memory(Settings(plan="ultimate", daily_budget=10_000_000))


def bench(files: Files) -> Bench:
    """The adapter on such an account."""
    return MemoryBench(sandbox(), lambda: Pipedrive(plan="ultimate"), RULES, files)
