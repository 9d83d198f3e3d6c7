"""The methods: what each takes, by name or by position, and what answers it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from adapters.protocols import Json
from adapters.sandbox.nutshell.rpc import finding, searching, writing
from adapters.sandbox.nutshell.state import Draft

Params = dict[str, Any]


class Param(NamedTuple):
    """A parameter: "integer", "number", "string", "boolean", "object" (an empty list counts as one) or "any"."""

    name: str
    kind: str
    required: bool = True


class Method(NamedTuple):
    """A method. `handler` is None for one that is not in this sandbox."""

    params: tuple[Param, ...]
    handler: Callable[[Draft, Params], Json] | None

    def names(self) -> tuple[str, ...]:
        """The parameters in the order of a positional call."""
        return tuple(param.name for param in self.params)


_ORDER = (Param("orderBy", "string", required=False), Param("orderDirection", "string", required=False))
_PAGE = (Param("limit", "integer", required=False), Param("page", "integer", required=False))
_QUERY = Param("query", "object", required=False)
_STUBS = Param("stubResponses", "boolean", required=False)
_REV = Param("rev", "string", required=False)  # a missing one is not the current one: 409

_WRITTEN = {
    "Account": "accounts", "Contact": "contacts", "Lead": "leads", "Activity": "activities", "Task": "tasks",
    "Product": "products",
}  # fmt: skip
_LOOKUPS = {
    "AccountTypes": "accountTypes", "ActivityTypes": "activityTypes", "Audiences": "emAudiences",
    "Competitors": "competitors", "Industries": "industries", "Markets": "markets", "Milestones": "stages",
    "Origins": "origins", "Sources": "sources", "Stagesets": "stagesets", "Teams": "teams",
    "Territories": "territories",
}  # fmt: skip
_SEARCHES: dict[str, tuple[str, ...]] = {
    "Accounts": ("accounts",), "ActivityParticipants": ("contacts", "accounts", "users"),
    "Competitors": ("competitors",), "Contacts": ("contacts",), "ContactsAndUsers": ("contacts", "users"),
    "Leads": ("leads",), "Products": ("products",), "Sources": ("sources",), "UsersAndTeams": ("users", "teams"),
}  # fmt: skip
_LEFT_OUT: dict[str, tuple[str, ...]] = {
    "deleteTeam": ("teamId", "rev"), "deleteUser": ("userId", "rev"), "editStep": ("stepId", "rev", "step"),
    "editTeam": ("teamId", "rev", "team"), "editUser": ("userId", "rev", "user"), "findBackups": (),
    "findSettings": ("orderBy", "orderDirection", "limit", "page"),
    "getAnalyticsReport": ("reportType", "period", "filter", "options"), "getEmail": ("emailId", "rev"),
    "getTeam": ("teamId", "rev"), "newBackup": (), "newEmail": ("emailString",), "newTeam": ("team",),
    "newUser": ("user",),
    "searchMentionableEntities": ("string", "entityType", "entityId", "knownLocalEntities", "limit"),
}  # fmt: skip
"""Methods that a migration does not use: their parameters, for a call by position."""


def _written() -> dict[str, Method]:
    out = {}
    for name, table in _WRITTEN.items():
        key, payload = f"{name.lower()}Id", name.lower()
        out[f"new{name}"] = Method((Param(payload, "object"),), _new(table, payload))
        out[f"edit{name}"] = Method((Param(key, "integer"), _REV, Param(payload, "object")), _edit(table, key, payload))
        out[f"delete{name}"] = Method((Param(key, "integer"), _REV), _delete(table, key))
        out[f"get{name}"] = Method((Param(key, "integer"), _REV), finding.get(table, key))
    return out


def _new(table: str, payload: str) -> Callable[[Draft, Params], Json]:
    return lambda draft, params: writing.new(draft, table, params[payload])


def _edit(table: str, key: str, payload: str) -> Callable[[Draft, Params], Json]:
    return lambda draft, params: writing.edit(draft, table, params[key], params.get("rev"), params[payload])


def _delete(table: str, key: str) -> Callable[[Draft, Params], Json]:
    return lambda draft, params: writing.delete(draft, table, params[key], params.get("rev"))


_NOTES = {
    "newNote": Method(
        (Param("entity", "object"), Param("note", "any")),
        lambda draft, params: writing.new_note(draft, params["entity"], params["note"]),
    ),
    "editNote": Method(
        (Param("noteId", "integer"), _REV, Param("note", "any")),
        lambda draft, params: writing.edit_note(draft, params["noteId"], params.get("rev"), params["note"]),
    ),
    "deleteNote": Method((Param("noteId", "integer"), _REV), _delete("notes", "noteId")),
    "getNote": Method((Param("noteId", "integer"), _REV), finding.get("notes", "noteId")),
}

_OTHERS = {
    "add": Method(
        (Param("num1", "number"), Param("num2", "number")), lambda _draft, params: params["num1"] + params["num2"]
    ),
    "newTag": Method((Param("tag", "object"),), lambda draft, params: writing.new_tag(draft, params["tag"])),
    "newSource": Method((Param("name", "string"),), lambda draft, params: writing.new_source(draft, params["name"])),
    "getUser": Method((Param("userId", "integer", required=False), _REV), finding.user),
    "getUpdateTimes": Method((), finding.update_times),
    "instanceData": Method((), lambda draft, _params: {"id": draft.value("instance"), "domain": draft.settings.domain}),
}


def _lists(records: dict[str, tuple[str, str]]) -> dict[str, Method]:
    shape = (_QUERY, *_ORDER, *_PAGE, _STUBS)
    return {f"find{name}": Method(shape, finding.records(table, default)) for name, (table, default) in records.items()}


_FINDS = {
    **{f"find{name}": Method((*_ORDER, *_PAGE), finding.lookup(table)) for name, table in _LOOKUPS.items()},
    **_lists({
        "Accounts": ("accounts", "name"), "Contacts": ("contacts", "name"), "Leads": ("leads", "id"),
        "Activities": ("activities", "name"), "Tasks": ("tasks", "due_time"),
    }),
    "findProducts": Method((*_ORDER, *_PAGE, _STUBS), finding.records("products")),
    "findLead_Outcomes": Method((*_ORDER, *_PAGE), finding.lookup("outcomes", "description")),
    "findUsers": Method((_QUERY, *_ORDER, *_PAGE), finding.users),
    "findTimeline": Method((Param("query", "object"), *_ORDER, *_PAGE, _STUBS), finding.timeline),
    "findTags": Method((), finding.tags),
    "findCustomFields": Method((), finding.custom_fields),
    "findDelays": Method((*_ORDER, *_PAGE), finding.nothing),
    "findProcesses": Method((Param("query", "object"),), finding.nothing),
}  # fmt: skip

_TEXT, _LIMIT = Param("string", "string"), Param("limit", "integer", required=False)
_SEARCH = {
    **{f"search{name}": Method((_TEXT, _LIMIT), searching.search(*tables)) for name, tables in _SEARCHES.items()},
    "searchByEmail": Method((Param("emailAddressString", "string"),), searching.by_email),
    "searchUniversal": Method((_TEXT,), searching.universal),
}


def _left_out(names: tuple[str, ...]) -> Method:
    return Method(tuple(Param(name, "any", required=False) for name in names), None)


METHODS: dict[str, Method] = {
    **_written(), **_NOTES, **_OTHERS, **_FINDS, **_SEARCH,
    **{name: _left_out(params) for name, params in _LEFT_OUT.items()},
}  # fmt: skip
"""All methods of the account's address; discovery has one of its own."""


def reads(name: str) -> bool:
    """Whether a method only asks."""
    return name.startswith(("get", "find", "search")) or name in ("add", "instanceData")
