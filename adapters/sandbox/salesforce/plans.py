"""A statement bound to the objects of the org: columns that read a record, a filter, an order."""

from collections.abc import Callable
from typing import Any, NamedTuple

from adapters.sandbox.salesforce import conditions, describes, soql
from adapters.sandbox.salesforce.errors import RefusedError, absent, located
from adapters.sandbox.salesforce.ids import SHORT
from adapters.sandbox.salesforce.soql import Field, Statement
from adapters.sandbox.salesforce.state import Draft, Row

NAME_FIELDS: dict[str, str] = {
    "Id": "id", "Name": "string", "Type": "picklist", "FirstName": "string", "LastName": "string", "Email": "email",
    "Phone": "phone", "Title": "string", "Username": "string", "Alias": "string", "IsActive": "boolean",
    "UserRoleId": "reference", "ProfileId": "reference",
}  # fmt: skip
"""What can be asked through a relationship that leads to several objects, with types."""
LARGEST_OFFSET = 2000
LARGEST_FIELDS_LIMIT = 200
_LEVELS = 5
_ACTIVITIES = ("Task", "Event")


class Step(NamedTuple):
    """One relationship on the way: its name, the field that holds the id, and the object; None for one of several."""

    name: str
    key: str
    target: str | None


class Column(NamedTuple):
    """A field that is read: the relationships to it, its description, and the object that it is of ("" for several)."""

    steps: tuple[Step, ...]
    field: Row
    object: str

    @property
    def name(self) -> str:
        """The path as the API spells it."""
        return ".".join([*(step.name for step in self.steps), self.field["name"]])


class Plan(NamedTuple):
    """What a query reads."""

    statement: Statement
    described: Row
    columns: tuple[Column, ...]
    keep: Callable[[Row], bool]


def bind(draft: Draft, statement: Statement) -> Plan:
    """Find all that a statement names. Raises RefusedError: INVALID_TYPE, INVALID_FIELD, MALFORMED_QUERY and others."""
    described = describes.find(draft, statement.object)
    if described is None or not described["queryable"]:
        message = f"sObject type '{statement.object}' is not supported."
        raise RefusedError("INVALID_TYPE", located(statement.text, statement.object_at, message))
    if statement.more:
        raise absent(", ".join(sorted(statement.more)))
    if statement.offset > LARGEST_OFFSET:
        raise RefusedError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {LARGEST_OFFSET}")
    columns = _columns(draft, statement, described)
    for order in statement.order:
        if not column(draft, statement, described, order.field).field["sortable"]:
            message = f"field '{'.'.join(order.field.path)}' can not be sorted in a query call"
            raise RefusedError("MALFORMED_QUERY", located(statement.text, order.field.at, message))
    return Plan(statement, described, columns, _filter(draft, statement, described))


def _columns(draft: Draft, statement: Statement, described: Row) -> tuple[Column, ...]:
    columns = [column(draft, statement, described, field) for field in statement.fields]
    if statement.every:
        if statement.every != "STANDARD" and not 0 < (statement.limit or 0) <= LARGEST_FIELDS_LIMIT:
            message = f"The SOQL FIELDS function must have a LIMIT of at most {LARGEST_FIELDS_LIMIT}"
            raise RefusedError("MALFORMED_QUERY", message)
        wanted = {"ALL": (True, False), "CUSTOM": (True,), "STANDARD": (False,)}[statement.every]
        columns += [Column((), f, described["name"]) for f in described["fields"] if f["custom"] in wanted]
    seen: set[str] = set()
    for number, one in enumerate(columns):
        if one.name in seen:
            at = statement.fields[min(number, len(statement.fields) - 1)].at if statement.fields else 0
            raise RefusedError("INVALID_FIELD", located(statement.text, at, f"duplicate field selected: {one.name}"))
        seen.add(one.name)
    return tuple(columns)


def column(draft: Draft, statement: Statement, described: Row, field: Field) -> Column:
    """The column that a path means. Raises RefusedError INVALID_FIELD, which names what there is not."""
    steps: list[Step] = []
    current: Row | None = described
    if len(field.path) > _LEVELS + 1:
        raise RefusedError("INVALID_FIELD", located(statement.text, field.at, "more than 5 relationships in a path"))
    for name in field.path[:-1]:
        link = describes.relation(current, name) if current is not None else None
        target = link["referenceTo"][0] if link is not None and link["referenceTo"] else ""
        several = link is not None and (link["polymorphicForeignKey"] or len(link["referenceTo"]) > 1)
        current = None if several else describes.find(draft, target)
        if link is None or (current is None and not several):
            message = f"Didn't understand relationship '{name}' in field path."
            raise RefusedError("INVALID_FIELD", located(statement.text, field.at, message))
        steps.append(Step(link["relationshipName"], link["name"], None if current is None else current["name"]))
    entity = "Name" if current is None else current["name"]
    found = _of_several(field.path[-1]) if current is None else describes.field(current, field.path[-1])
    if found is None:
        message = (
            f"No such column '{field.path[-1]}' on entity '{entity}'. If you are attempting to use a custom field, be "
            "sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for "
            "the appropriate names."
        )
        raise RefusedError("INVALID_FIELD", located(statement.text, field.at, message))
    return Column(tuple(steps), found, "" if current is None else entity)


def _of_several(name: str) -> Row | None:
    proper = next((one for one in NAME_FIELDS if one.lower() == name.lower()), None)
    if proper is None:
        return None
    return {"name": proper, "type": NAME_FIELDS[proper], "filterable": True, "sortable": proper != "Type"}


def follow(draft: Draft, steps: tuple[Step, ...], row: Row | None) -> tuple[Row | None, str]:
    """The record at the end of a way and its object; no record where an id is empty or leads nowhere."""
    name = ""
    for step in steps:
        key = row.get(step.key) if row is not None else None
        name = step.target or (describes.kind_of(draft, key) if key else None) or ""
        row = draft.state.rows.get(name, {}).get(key) if key else None
        if row is None and key and step.target is None and name in ("Group", "Queue"):
            row = {"Id": key}  # a queue: it has an id and a kind, whether or not groups can be read
    return row, name


def value(draft: Draft, one: Column, row: Row) -> Any:
    """What a column says of a record; None where there is nothing."""
    found, kind = follow(draft, one.steps, row) if one.steps else (row, one.object)
    if found is None:
        return None
    name = one.field["name"]
    if one.steps and one.object == "" and name == "Type":
        return "Queue" if kind == "Group" else kind
    if one.field["type"] == "base64":
        return f"{draft.root}/sobjects/{one.object}/{found['Id']}/{name}"
    return found.get(name)


def _filter(draft: Draft, statement: Statement, described: Row) -> Callable[[Row], bool]:
    where = statement.where
    if where is None:
        return lambda _row: True

    def compiled(condition: soql.Condition) -> Callable[[Row], bool]:
        if isinstance(condition, soql.Join):
            parts = [compiled(part) for part in condition.parts]
            if condition.word == "NOT":
                return lambda row: not parts[0](row)
            if condition.word == "AND":
                return lambda row: all(part(row) for part in parts)
            return lambda row: any(part(row) for part in parts)
        one = column(draft, statement, described, condition.field)
        test = conditions.test(statement.text, condition, one.name, one.field)
        if not one.steps and one.field["type"] != "base64":
            name = one.field["name"]
            return lambda row: test(row.get(name))
        return lambda row: test(value(draft, one, row))

    return compiled(where)


def rows(draft: Draft, plan: Plan, *, everything: bool) -> list[Row]:
    """The records of a query in their order. everything: deleted and archived ones, too.

    Without an order it is that of the org, which means nothing.
    """
    name = plan.described["name"]
    found = list(draft.state.rows.get(name, {}).values())
    if not everything:
        archive = name in _ACTIVITIES
        found = [r for r in found if not r.get("IsDeleted") and not (archive and r.get("IsArchived"))]
    found = [row for row in found if plan.keep(row)]
    for order in reversed(plan.statement.order):
        one = column(draft, plan.statement, plan.described, order.field)
        found.sort(key=_sorter(draft, one, order), reverse=order.descending)
    end = None if plan.statement.limit is None else plan.statement.offset + plan.statement.limit
    return found[plan.statement.offset : end]


def _sorter(draft: Draft, one: Column, order: soql.Order) -> Callable[[Row], tuple[bool, Any]]:
    kind = one.field["type"]
    empty_is_greater = order.nulls_first == order.descending

    def key(row: Row) -> tuple[bool, Any]:
        found = value(draft, one, row)
        if found is None:
            return empty_is_greater, 0
        if kind in ("id", "reference"):
            found = found[:SHORT]
        elif isinstance(found, str):
            found = found.casefold()
        return not empty_is_greater, found

    return key
