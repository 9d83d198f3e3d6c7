"""How records hang together, whichever side says so: companies and people, leads and both, tags."""

from typing import Any

from adapters.sandbox.nutshell import records
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.state import Draft, Row, ref

Link = dict[str, Any]
"""{"id": number, "relationship": text or None}; between a company and a person the relationship is the job title."""

TAG_KINDS = {"leads": "1", "contacts": "2", "accounts": "3"}
"""REST's tagType by the table that it serves."""


def merged(old: list[Link], new: list[Link]) -> list[Link]:
    """The new links in order; one that says nothing of its relationship keeps what it had."""
    had = {link["id"]: link.get("relationship") for link in old}
    out: dict[int, Link] = {}
    for link in new:
        relation = link["relationship"] if "relationship" in link else had.get(link["id"])
        out[link["id"]] = {"id": link["id"], "relationship": relation}
    return list(out.values())


def set_from_other_side(draft: Draft, table: str, row: Row, holders: str, links: list[Link]) -> None:
    """Make exactly these rows of `holders` (contacts of an account, leads of a contact) link to `row`.

    The holders keep the links, under the name of `table`.
    """
    wanted = {link["id"]: link for link in links}
    reference = ref(table, row["id"])
    for holder in draft.pointing(reference, holders):
        if holder["id"] not in wanted:
            left = [link for link in holder[table] if link["id"] != row["id"]]
            _relink(draft, holders, holder, table, left)
    for key, link in wanted.items():
        holder_row = draft.live(holders, key)
        if holder_row is None:
            raise RefusedError("Invalid link", f"there is no {ref(holders, key)}")
        had = holder_row[table]
        own = merged(had, [{**link, "id": row["id"]}])
        present = any(one["id"] == row["id"] for one in had)
        left = [own[0] if one["id"] == row["id"] else one for one in had]
        _relink(draft, holders, holder_row, table, left if present else had + own)


def _relink(draft: Draft, holders: str, holder: Row, table: str, links: list[Link]) -> None:
    if links == holder[table]:
        return
    draft.put(holders, {**holder, table: links})
    records.touch(draft, holders, holder["id"])


def touch_linked(draft: Draft, old: Row | None, new: Row) -> None:
    """Raise the revs of the companies and people that a record was linked to, or cut from."""
    for table in ("accounts", "contacts"):
        before = {link["id"] for link in (old or {}).get(table, [])}
        after = {link["id"] for link in new.get(table, [])}
        for key in sorted(before ^ after):
            records.touch(draft, table, key)


def tag_ids(draft: Draft, table: str, names: list[str]) -> list[int]:
    """The tags of these names for records of a table; missing ones are made."""
    known = {row["name"]: row["id"] for row in draft.rows("tags") if row["kind"] == table}
    out = []
    for name in dict.fromkeys(names):
        if name not in known:
            known[name] = records.create(draft, "tags", {"name": name, "kind": table})["id"]
        out.append(known[name])
    return out
