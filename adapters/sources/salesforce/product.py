"""What is special about one product on Salesforce, and what is true of any org."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from adapters.protocols import Field, Finding, Flow, Json, ObjectSchema, User
from adapters.sources.salesforce.describing import Info
from adapters.sources.salesforce.org import Org, Sobject
from adapters.sources.salesforce.shelf import PLACES

Values = dict[str, str]
"""The texts of one record, by field."""


class Product(Protocol):
    """A product on Salesforce: which objects count, and what its records say that no single object says.

    name: the source's public id. packages: namespaces whose objects and fields are its standard ones.
    """

    @property
    def name(self) -> str:
        """The source's public id."""
        ...

    @property
    def packages(self) -> tuple[str, ...]:
        """The namespaces."""
        ...

    def core(self, names: Collection[str]) -> tuple[str, ...]:
        """Of the objects that there are, those that the product is about, parents first; read even when empty."""
        ...

    def edition(self, names: Collection[str]) -> tuple[str, str]:
        """Which edition an org has, as a word and as a sentence; both empty where there is but one."""
        ...

    def prepare(self, org: Org, infos: Mapping[str, Info]) -> Flow["Insight"]:
        """Learn what the records of some objects need of others."""
        ...

    def learn(self, texts: Callable[[str], Iterator[Values]], infos: Mapping[str, Info]) -> "Insight":
        """The same from an export; `texts` gives the records of an object of Salesforce."""
        ...


class Insight(Protocol):
    """What a product has learned from one org or export."""

    def shape(self, schema: ObjectSchema) -> ObjectSchema:
        """The object as the product knows it: its name and owner, and the fields that `fill` adds.

        An object that gets such fields is not incremental: they change when another record does.
        """
        ...

    def fill(self, object: str, records: Sequence[Values]) -> Flow[None]:
        """Put the derived fields into the records of one page."""
        ...

    def account(self, objects: Mapping[str, ObjectSchema]) -> dict[str, Json]:
        """Facts of `Schema.account`, such as the pipelines."""
        ...

    def users(self) -> tuple[User, ...]:
        """Who may own a record, and is no user of the org."""
        ...

    def findings(self, objects: Mapping[str, ObjectSchema]) -> tuple[Finding, ...]:
        """What a person should know."""
        ...


class Split(msgspec.Struct, frozen=True):
    """Records that are none of the ordinary ones of an object, though they lie among them: read as one of their own.

    flag: the column that is true for them.
    """

    sobject: str
    name: str
    label: str
    flag: str


SPLITS = (
    Split("Task", "TaskSeries", "Patterns of recurring tasks", "IsRecurrence"),
    Split("Event", "EventSeries", "Patterns of recurring events", "IsRecurrence"),
    Split("Event", "EventCopy", "Invitees' copies of events", "IsChild"),
    Split("Contact", "PersonContact", "Contacts that mirror a person account", "IsPersonAccount"),
)
"""What would be imported twice, or is no activity that anybody does."""

ARCHIVED = frozenset({"Task", "Event"})
"""Objects of which `query` keeps the old ones back."""

EXTRAS = (
    "Lead", "Campaign", "CampaignMember", "Opportunity", "OpportunityContactRole", "OpportunityLineItem", "Product2",
    "Case", "Contract", "Order", "Asset", "Quote", "EmailMessage", "Solution",
)  # fmt: skip
"""Standard objects that are read where they hold records."""


def chosen(product: Product, sobjects: Mapping[str, Sobject], counts: Mapping[str, int]) -> list[str]:
    """The objects to describe: the product's, then others that hold records, then those that files lie in."""
    core = [name for name in product.core(sobjects) if name in sobjects]
    more = [name for name in others(product, sobjects) if counts.get(name, 0) > 0]
    return [*core, *more, *(place for place in PLACES if place in sobjects)]


def others(product: Product, sobjects: Mapping[str, Sobject]) -> list[str]:
    """The objects that are read only where they hold records."""
    core = set(product.core(sobjects))
    # custom objects alone: what ends in __History, __Share, __Feed or __ChangeEvent tells of others
    custom = [s.name for s in sobjects.values() if s.custom and not s.custom_setting and s.name.endswith("__c")]
    return [name for name in (*EXTRAS, *custom) if name in sobjects and name not in core and name not in PLACES]


def split_up(info: Info) -> list[Info]:
    """The object as ours: itself, without what is told apart, and that."""
    splits = [s for s in SPLITS if s.sobject == info.sobject and (c := info.column(s.flag)) and c.filterable]
    if not splits:
        return [info]
    ordinary = tuple(f"{s.flag} = false" for s in splits)
    found = [msgspec.structs.replace(info, conditions=ordinary, apart=True)]
    for place, split in enumerate(splits):
        # what two flags call out of the ordinary is taken by the first
        mine = (*(f"{s.flag} = false" for s in splits[:place]), f"{split.flag} = true")
        found.append(msgspec.structs.replace(info, name=split.name, label=split.label, conditions=mine, apart=True))
    return found


def with_fields(schema: ObjectSchema, fields: Sequence[Field]) -> ObjectSchema:
    """The object with derived fields at its end; read whole from then on."""
    if not fields:
        return schema
    place = len(schema.fields)
    added = tuple(msgspec.structs.replace(field, position=place + n) for n, field in enumerate(fields))
    return msgspec.structs.replace(schema, fields=schema.fields + added, incremental=False)
