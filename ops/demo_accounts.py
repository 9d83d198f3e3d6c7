"""The accounts that the demo plays against: how each is opened, what an administrator does there, what counts."""

import re
from typing import Any, NamedTuple

from engine.presets import PRESETS
from ops.demo_sources import SOURCES

CODE_LENGTH = 40
"""Characters of a Pipedrive custom field's key."""


class DemoAccount(NamedTuple):
    """One destination of the demo.

    kind: of the destination and its sandbox. serve: further arguments of `cutover sandbox`. plan, user: as cutover.toml
    says them. tables, moving: what two accounts are compared by, and the
    keys that differ after a second creation.
    """

    kind: str
    title: str
    serve: tuple[str, ...]
    plan: str
    user: str
    tables: tuple[str, ...]
    moving: frozenset[str]


PIPEDRIVE = DemoAccount(
    kind="pipedrive",
    title="Pipedrive",
    serve=("--plan", "ultimate", "--burst", "1000"),
    plan="ultimate",
    user="",
    tables=("organizations", "persons", "deals", "activities", "notes", "pipelines", "stages"),
    moving=frozenset(
        {"id", "update_time", "add_time", "stage_change_time", "marked_as_done_time", "last_updated_by_user_id"}
    ),
)

NUTSHELL = DemoAccount(
    kind="nutshell",
    title="Nutshell",
    serve=("--plan", "enterprise"),
    plan="enterprise",
    user="maya.ortiz@brightpath.example",
    tables=("accounts", "contacts", "leads", "activities", "tasks", "notes", "tags", "pipelines", "stages"),
    moving=frozenset(
        {
            "id", "rev", "number", "href", "htmlUrl", "htmlUrlPath", "createdTime", "modifiedTime", "closedTime",
            "loggedTime", "links", "jobTitles",
        }
    ),
)  # fmt: skip

PAIRS = {
    f"{source.kind}:{account.kind}": (source, account)
    for source in SOURCES.values()
    for account in (PIPEDRIVE, NUTSHELL)
    if source.kind in PRESETS
}
"""The pairs that the demo plays: source and destination."""


def same(account: DemoAccount, one: Any, other: Any) -> bool:
    """Whether two dumps hold the same records, but for ids, links by id, and the server's own times."""
    return all(_table(account, one, name) == _table(account, other, name) for name in account.tables)


def _table(account: DemoAccount, dump: Any, name: str) -> list[str]:
    """A table's records in comparable form: options by their labels, without ids, links by id and server times."""
    labels = {str(o["id"]): o["label"] for field in dump.get("fields", ()) for o in field.get("options") or ()}
    rows = []
    for row in dump[name]:
        kept = {k: v for k, v in row.items() if k not in account.moving and not k.endswith("_id")}
        rows.append(str({k: _words(v, labels, k) for k, v in sorted(kept.items())}))
    return sorted(rows)


def _words(value: Any, labels: dict[str, str], key: str) -> Any:
    """A value without ids, and without the run and attempt that our key ends with."""
    if isinstance(value, dict):
        return {k: _words(v, labels, k) for k, v in sorted(value.items()) if not str(k).endswith("_id")}
    if isinstance(value, list):
        return [_words(v, labels, key) for v in value]
    if key == "label_ids" or len(key) == CODE_LENGTH:
        return labels.get(str(value), re.sub(r"/\d+\.\d+$", "", str(value)))
    return re.sub(r"/\d+\.\d+", "", str(value))
