"""Tooling API: what the folder tells of rules and automation, by a query of its own.

The inside of a thing (`Metadata`, `FullName`) is given only where a query finds one row. Who lacks the right View Setup
and Configuration finds no object here (in which words the real API says so is assumed).
"""

from typing import Any

from adapters.protocols import Response
from adapters.sandbox.salesforce import conditions, soql
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import JSON, RefusedError, absent, located
from adapters.sandbox.salesforce.state import Draft, Row

_COMMON = ("Id", "NamespacePrefix", "CreatedDate", "LastModifiedDate", "ManageableState", "FullName")
_DEFINED = ("EntityDefinitionId", "EntityDefinition.QualifiedApiName", "EntityDefinition.DeveloperName")
OBJECTS: dict[str, tuple[str, ...]] = {
    "ValidationRule": (
        *_DEFINED,
        "Metadata",
        "ValidationName",
        "Active",
        "Description",
        "ErrorMessage",
        "ErrorDisplayField",
    ),
    "Flow": ("DefinitionId", "MasterLabel", "Status", "ProcessType", "VersionNumber", "Description", "Metadata"),
    "FlowDefinition": ("DeveloperName", "MasterLabel", "ActiveVersionId", "LatestVersionId", "Description"),
    "WorkflowRule": ("Name", "TableEnumOrId", "Metadata"),
    "AssignmentRule": ("Name", "Active", "EntityDefinitionId", "Metadata"),
    "InstalledSubscriberPackage": (
        "SubscriberPackageId",
        "SubscriberPackage.Name",
        "SubscriberPackage.NamespacePrefix",
    ),
    "WorkflowFieldUpdate": ("Name", "SourceTableEnumOrId", "EntityDefinitionId"),
    "ApexTrigger": ("Name", "TableEnumOrId", "Status", "Body", "ApiVersion"),
}
"""The objects that can be asked for, with their fields; an object that the folder says nothing of has no rows."""

_INSIDE = (("Metadata",), ("FullName",))
_UNFILTERED = ("Metadata", "FullName")
"""Fields that no condition can be about."""


def query(draft: Draft, ask: Ask) -> Response:
    """GET /tooling/query?q=."""
    statement = soql.parse(ask.query.get("q", ""))
    name = next((one for one in OBJECTS if one.lower() == statement.object.lower()), None)
    if name is None or not draft.settings.view_setup:
        message = f"sObject type '{statement.object}' is not supported."
        raise RefusedError("INVALID_TYPE", located(statement.text, statement.object_at, message))
    if statement.more or statement.every or statement.order:
        raise absent(", ".join(sorted(statement.more)) or "FIELDS() and ORDER BY of the Tooling API")
    paths = [_known(statement, name, field) for field in statement.fields]
    rows = [row for row in draft.table("tooling").get(name, ()) if _holds(statement, name, statement.where, row)]
    rows = rows[statement.offset :][: statement.limit]
    if len(rows) > 1 and any(path in _INSIDE for path in paths):
        raise RefusedError(
            "MALFORMED_QUERY",
            "When retrieving results with Metadata or FullName fields, the query qualifications must specify no more "
            f"than one row for retrieval. Result size: {len(rows)}",
        )
    records = [] if statement.counts else [_record(draft, name, paths, row) for row in rows]
    body = {"size": len(records), "totalSize": len(rows), "done": True, "queryLocator": None, "records": records}
    return Response(status=200, body={**body, "entityTypeName": name}, headers=JSON)


def _known(statement: soql.Statement, name: str, field: soql.Field) -> tuple[str, ...]:
    path = ".".join(field.path)
    for one in (*_COMMON, *OBJECTS[name]):
        if one.lower() == path.lower():
            return tuple(one.split("."))
    message = f"No such column '{path}' on entity '{name}'."
    raise RefusedError("INVALID_FIELD", located(statement.text, field.at, message))


def _holds(statement: soql.Statement, name: str, where: soql.Condition | None, row: Row) -> bool:
    if where is None:
        return True
    if isinstance(where, soql.Join):
        parts = [_holds(statement, name, part, row) for part in where.parts]
        return {"AND": all(parts), "OR": any(parts), "NOT": not parts[0]}[where.word]
    path = _known(statement, name, where.field)
    kind = "boolean" if path == ("Active",) else "string"
    test = conditions.test(
        statement.text, where, ".".join(path), {"type": kind, "filterable": path[0] not in _UNFILTERED}
    )
    return test(_value(row, path))


def _value(row: Row, path: tuple[str, ...]) -> Any:
    found: Any = row
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _record(draft: Draft, name: str, paths: list[tuple[str, ...]], row: Row) -> Row:
    out: Row = {"attributes": {"type": name, "url": f"{draft.root}/tooling/sobjects/{name}/{row.get('Id')}"}}
    for path in paths:
        place = out
        for part in path[:-1]:
            place = place.setdefault(
                part, {"attributes": {"type": part, "url": f"{draft.root}/tooling/sobjects/{part}"}}
            )
        place[path[-1]] = _value(row, path)
    return out
