"""What the reading user is not shown: files that only a record leads to, links of files that nobody asked for."""

from collections.abc import Iterator

from adapters.sandbox.salesforce import soql
from adapters.sandbox.salesforce.errors import RefusedError
from adapters.sandbox.salesforce.plans import Plan
from adapters.sandbox.salesforce.state import Draft, Row

_LINK_FILTERS = ("id", "contentdocumentid", "linkedentityid")
_FILES = {
    "ContentVersion": ("ContentDocumentId", ("id", "contentdocumentid", "firstpublishlocationid")),
    "ContentDocument": ("Id", ("id", "latestpublishedversionid")),
}
"""Objects that are files: the field with the document, and the filters by which one who knows of a file finds it."""
_PLAIN_LINKS_SINCE = 59.0


def reader(draft: Draft) -> Row:
    """The user that everything is read as. Raises RefusedError when the org has no such user."""
    users = draft.state.rows.get("User", {}).values()
    wanted = draft.settings.run_as
    for row in users:
        if row.get("Username") == wanted if wanted else row.get("IsActive") and row.get("UserType") == "Standard":
            return row
    raise RefusedError("INVALID_SESSION_ID", "this org has no user to read as", 401)


def narrowed(draft: Draft, plan: Plan) -> Plan:
    """The plan as this user may carry it out. Raises RefusedError where a filter is missing."""
    name = plan.described["name"]
    allowed = draft.settings.query_all_files
    named = {field.path[0].lower() for field in _pinned(plan.statement.where) if len(field.path) == 1}
    if name == "ContentDocumentLink":
        plain = allowed and float(draft.version) >= _PLAIN_LINKS_SINCE
        if not plain and not named.intersection(_LINK_FILTERS):
            raise RefusedError(
                "MALFORMED_QUERY",
                "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId "
                "or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
            )
    if name in _FILES and not allowed:
        key, filters = _FILES[name]
        if not named.intersection(filters):
            own, keep = _own_files(draft), plan.keep
            return plan._replace(keep=lambda row: row[key] in own and keep(row))
    return plan


def _pinned(where: soql.Condition | None) -> Iterator[soql.Field]:
    """The fields that every record found must have one of the given values of."""
    if isinstance(where, soql.Comparison):
        if where.sign in ("=", "IN"):
            yield where.field
    elif where is not None and where.word == "AND":
        for part in where.parts:
            yield from _pinned(part)


def _own_files(draft: Draft) -> set[str]:
    """The documents that the user owns or that were shared with the user; others are reached through a record alone."""
    user = reader(draft)["Id"]
    versions = draft.state.rows.get("ContentVersion", {}).values()
    links = draft.state.rows.get("ContentDocumentLink", {}).values()
    own = {row["ContentDocumentId"] for row in versions if row.get("OwnerId") == user}
    return own | {row["ContentDocumentId"] for row in links if row["LinkedEntityId"] == user}
