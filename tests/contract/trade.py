"""A made-up trading house: a source whose records become every entity that Pipedrive has, in any number.

Rows are dicts made by counting, so that the same sizes give the same rows. `MAP` says what becomes of them.
"""

import io
from typing import Any, BinaryIO

import msgspec

from adapters.protocols import Field, Flow, Identity, Link, ObjectSchema, Page, Record, Schema
from engine.extract import describe, extract
from engine.mapfile import render
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage
from tests.engine.world import World

Row = dict[str, str]

WATCHERS = "maya.ortiz@brightpath.example; tom.becker@brightpath.example"
PDF = b"%PDF-1.7 order"


class Amounts(msgspec.Struct, frozen=True):
    """How many records of each object. `lines`: of each deal; `archived`: one lead and one deal in so many is archived.

    One company in ten has a parent and several watchers, one deal in ten a guest and watchers, every other lead labels.
    """

    companies: int = 12
    people: int = 12
    products: int = 4
    variations: int = 4
    deals: int = 8
    lines: int = 7
    leads: int = 8
    visits: int = 6
    notes: int = 8
    files: int = 4
    archived: int = 4


def _field(name: str) -> Field:
    kind, _, label = name.rpartition(":")
    form = {"multienum": ";", "money": "."}.get(kind)
    return Field(key=label, label=label, kind=kind or "text", filled=1, format=form)  # type: ignore[arg-type]


def _object(name: str, links: dict[str, str], *fields: str) -> ObjectSchema:
    """links: the object linked to by the column that holds its id."""
    made = tuple(Link(name=column.lower(), to=(to,), id_field=column) for column, to in links.items())
    columns = tuple(_field(f) for f in ("ID", *links, *fields))
    return ObjectSchema(
        name=name, label=name, fields=columns, links=made, identity=Identity(id_field="ID"), title=("Name",), count=1
    )


OBJECTS = (
    _object("Company", {"Parent": "Company"}, "Name", "Watchers"),
    _object("Person", {"Company": "Company"}, "Name", "email:Email"),
    _object("Product", {}, "Name", "Code", "number:Tax", "money:Price"),
    _object("Variation", {"Product": "Product"}, "Name", "money:Price"),
    _object("Deal", {"Company": "Company", "Contact": "Person", "Guest": "Person"}, "Name", "Watchers", "enum:Source",
            "Stage", "boolean:Archived", "datetime:Created"),
    _object("Lead", {"Company": "Company"}, "Name", "multienum:Labels", "boolean:Archived", "money:Value"),
    _object("Line", {"Deal": "Deal", "Product": "Product", "Variation": "Variation"}, "Name", "number:Price",
            "number:Quantity"),
    _object("Visit", {"Deal": "Deal", "Contact": "Person"}, "Name", "datetime:When"),
    _object("Note", {"Deal": "Deal", "Lead": "Lead"}, "longtext:Text"),
    _object("File", {"Deal": "Deal", "Company": "Company"}, "file:File", "Called"),
    _object("Drive", {"Deal": "Deal"}, "Remote"),
)  # fmt: skip


def _map(to: str, links: dict[str, str], set: dict[str, Any] | None = None, **rules: Rule) -> ObjectMap:
    fields = {"ID": Rule(exclude="kept as the source key"), **{c.title(): Rule(link=c) for c in links}, **rules}
    return ObjectMap(to=to, links=links, set=set or {}, fields=fields)


_NOT_WRITTEN = Rule(exclude="the record has no such field")
MAP = Mapping(
    zone="UTC",
    currency="USD",
    pipeline=(Pipeline(name="Trade", stages=(Stage(name="Asked", probability=20), Stage(name="Offered"))),),
    object={
        "Company": _map("organization", {"parent": "parent_id"}, Name=Rule(to="name"),
                        Watchers=Rule(owner="followers")),
        "Person": _map("person", {"company": "org_id"}, Name=Rule(to="name"), Email=Rule(to="emails")),
        "Product": _map("product", {}, Name=Rule(to="name"), Code=Rule(to="code"), Tax=Rule(to="tax"),
                        Price=Rule(to="prices")),
        "Variation": _map("variation", {"product": "product_id"}, Name=Rule(to="name"), Price=Rule(to="prices")),
        "Deal": ObjectMap(
            to="deal",
            links={"company": "org_id", "contact": "person_id", "guest": "participants"},
            values={"Stage": {"Asked": {"stage": "Asked"}, "Offered": {"stage": "Offered"}}},
            fields={
                "ID": Rule(exclude="kept as the source key"), "Company": Rule(link="company"),
                "Contact": Rule(link="contact"), "Guest": Rule(link="guest"), "Name": Rule(to="title"),
                "Watchers": Rule(owner="followers"), "Source": Rule(new="Source", kind="enum"),
                "Stage": Rule(values="Stage"), "Archived": Rule(to="is_archived"),
                "Created": Rule(new="Original created", kind="datetime"),
            },
        ),
        "Lead": _map("lead", {"company": "org_id"}, Name=Rule(to="title"), Labels=Rule(to="label_ids"),
                     Archived=Rule(to="is_archived"), Value=Rule(to="value")),
        "Line": _map("deal_product", {"deal": "deal_id", "product": "product_id", "variation": "product_variation_id"},
                     Name=_NOT_WRITTEN, Price=Rule(to="item_price"), Quantity=Rule(to="quantity")),
        "Visit": _map("activity", {"deal": "deal_id", "contact": "person_id"}, {"type": "meeting", "done": True},
                      Name=Rule(to="subject"), When=Rule(to="due_date")),
        "Note": _map("note", {"deal": "deal_id", "lead": "lead_id"}, Text=Rule(to="content")),
        "File": _map("file", {"deal": "deal_id", "company": "org_id"}, File=Rule(to="content"),
                     Called=Rule(to="content", part="name")),
        "Drive": _map("remote_file", {"deal": "deal_id"}, Remote=Rule(to="remote_id")),
    },
)  # fmt: skip
"""What becomes of it."""


def rows(amounts: Amounts) -> dict[str, list[Row]]:
    """The rows of every object."""
    a = amounts
    return {
        "Company": [_row(n, Parent=str(n + 1) if _tenth(n) and n + 1 < a.companies else "",
                         Watchers=WATCHERS if _tenth(n) else "maya.ortiz@brightpath.example")
                    for n in range(a.companies)],
        "Person": [_row(n, Company=str(n % a.companies), Email=f"p{n}@mail.example") for n in range(a.people)],
        "Product": [_row(n, Code=f"P-{n}", Tax="20", Price=f"{n + 10}.50") for n in range(a.products)],
        "Variation": [_row(n, Product=str(n % a.products), Price=f"{n + 9}") for n in range(a.variations)],
        "Deal": [_row(n, Company=str(n % a.companies), Contact=str(n % a.people),
                      Guest=str((n + 1) % a.people) if _tenth(n) else "", Watchers=WATCHERS if _tenth(n) else "",
                      Source="Fair" if n % 2 else "Web", Stage="Asked" if n % 3 else "Offered",
                      Archived="yes" if n % a.archived == 1 else "no", Created=f"2024-03-{n % 28 + 1:02} 09:30")
                 for n in range(a.deals)],
        "Lead": [_row(n, Company=str(n % a.companies), Labels="Hot;Trade fair" if n % 2 else "",
                      Archived="yes" if n % a.archived == 1 else "no", Value=f"{n * 100}.25") for n in range(a.leads)],
        "Line": [_row(d * a.lines + n, Deal=str(d), Product=str(n % a.products), Price=str(n + 1), Quantity="2",
                      Variation=str(n % a.products) if n % a.products < a.variations and not n % 5 else "")
                 for d in range(a.deals) for n in range(a.lines)],
        "Visit": [_row(n, Deal=str(n % a.deals), Contact=str(n % a.people), When=f"2024-05-{n % 28 + 1:02} 10:15")
                  for n in range(a.visits)],
        "Note": [_row(n, Text=f"Note {n}", Deal="" if n % 2 else str(n % a.deals),
                      Lead=str(n % a.leads) if n % 2 else "") for n in range(a.notes)],
        "File": [_row(n, File=f"{n}.pdf", Called=f"Order {n}.pdf", Deal="" if n % 2 else str(n % a.deals),
                      Company=str(n % a.companies) if n % 2 else "") for n in range(a.files)],
        "Drive": [_row(n, Remote=f"drive-{n}", Deal=str(n % a.deals)) for n in range(min(a.files, 2))],
    }  # fmt: skip


def _row(id: int, **values: str) -> Row:
    return {"ID": str(id), "Name": f"No. {id}", **values}


def _tenth(n: int) -> bool:
    return n % 10 == 0


class House:
    """The source. `rows` may be changed between two readings."""

    def __init__(self, amounts: Amounts) -> None:
        self.rows = rows(amounts)
        self.reading = 0

    def schema(self) -> Flow[Schema]:
        """What it holds; each reading is a new export."""
        self.reading += 1
        return Schema(system="trading-house", objects=OBJECTS, fingerprint=str(self.reading))
        yield

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page of everything."""
        keys = {f.key for o in OBJECTS if o.name == object for f in o.fields}
        found = [{key: row.get(key, "") for key in keys} for row in self.rows[object]]
        return Page(records=tuple(Record(values=row, where=f"{object} {row['ID']}") for row in found))
        yield

    def open(self, reference: str) -> BinaryIO:
        """The content of a file: short, and different for each."""
        return io.BytesIO(PDF + reference.encode())


def confirmed(world: World) -> None:
    """Discover and confirm `MAP`, and open every gate before the sample."""
    world.migration.start("trading-house", "pipedrive")
    world.migration.describe_destination()
    source = world.migration.ways({})[0].source
    describe(world.journal, world.view, (source, None))
    extract(world.journal, world.view, source, world.migration.progress, files=world.migration.files)
    world.migration.confirm(render(MAP, Schema(system="trading-house", objects=OBJECTS)))
    for gate in ("configuration", "data"):
        world.migration.approve(gate, "")


def sampled(world: World, size: int = 20) -> None:
    """The sample, looked at."""
    world.migration.sample(size)
    world.migration.approve("sample", "")
