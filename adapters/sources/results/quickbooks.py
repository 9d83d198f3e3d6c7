"""Results CRM: records that QuickBooks knows as well. What is doubtful is said; nothing is chosen.

A link is a List ID. Of two records that share one, or of one called "Customer:Job", one is a QuickBooks job: work for a
customer, not another customer. Both systems change what they share, and each sync may leave either one newer.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from adapters.protocols import Field, Finding, ObjectSchema
from adapters.sources import dates
from adapters.sources.index import Index
from adapters.sources.names import fold
from adapters.sources.values import parse

Cells = Mapping[str, str]
State = Literal["", "linked", "job", "broken"]

LINK, PARENT = "QuickBooks Link", "QuickBooks Parent"
"""The fields that this room adds to companies: the state of the link, and the id of the company whose job it is."""

STATES: tuple[State, ...] = ("linked", "job", "broken")

_SHARED = (("Main Phone", "QB Phone"), ("E-mail", "QB E-mail"))
_ZONE = ZoneInfo("UTC")  # both stamps are local times of one office: only which is later counts


def remember(index: Index, id: str, cells: Cells) -> None:
    """Take note of a company, for the others to be compared with."""
    if list_id := cells.get("QB List ID", "").strip():
        index.put("quickbooks", list_id, id)
    if name := cells.get("QB Full Name", "").strip():
        index.put("quickbooks-name", fold(name), id)
        if state(cells) == "job":
            index.put("job", id, list_id, name)


def state(cells: Cells) -> State:
    """What a company's link is by its own cells."""
    if ":" in cells.get("QB Full Name", ""):
        return "job"
    if _is_broken(cells):
        return "broken"
    return "linked" if cells.get("QB List ID", "").strip() else ""


def parent(index: Index, id: str, cells: Cells) -> str:
    """The id of the company whose job this one is: by the name before the colon, else by the shared List ID."""
    if state(cells) != "job":
        return ""
    customer = fold(cells["QB Full Name"].rpartition(":")[0])
    named = index.ids("quickbooks-name", customer, 1) or index.ids("quickbooks", cells.get("QB List ID", "").strip(), 2)
    return next((other for other in named if other != id), "")


def parents(index: Index) -> Iterator[str]:
    """The parent of each job that was remembered; empty where nobody is."""
    for id, list_id in index.each("job"):
        yield parent(index, id, {"QB Full Name": index.value("job", id), "QB List ID": list_id})


def findings(index: Index, schema: ObjectSchema, id: str, cells: Cells, where: str) -> list[Finding]:
    """What a person must know or decide about a company's link."""
    said: list[tuple[str, str]] = []
    how = state(cells)
    list_id = cells.get("QB List ID", "").strip()
    twins = [other for other in index.ids("quickbooks", list_id) if other != id] if list_id else []
    if how == "job":
        said.append(("quickbooks-job", _job(parent(index, id, cells), twins)))
    elif twins and index.ids("quickbooks", list_id, 1) != [id]:
        said.append(("quickbooks-shared-link", f"has the QuickBooks List ID of {', '.join(twins)}; decide which is it"))
    if _is_broken(cells):
        said.append(
            ("quickbooks-broken-link", "QB Last Sync holds no date but a message of the sync; the link does not work")
        )
    for ours, theirs in _SHARED:
        if list_id and _differ(cells.get(ours, ""), cells.get(theirs, "")):
            newer = _newer(schema, cells)
            said.append(
                (
                    "quickbooks-differs",
                    f"{ours} and {theirs} are not the same; {newer}. Both are kept: decide which wins",
                )
            )
    return [
        Finding(code=code, object=schema.name, key=id, where=where, detail=f"{schema.name} {id}: {detail}.")
        for code, detail in said
    ]


def _is_broken(cells: Cells) -> bool:
    sync = cells.get("QB Last Sync", "").strip()
    return bool(sync) and dates.take_apart(sync) is None and not re.fullmatch(r"[\d.]+", sync)


def _job(parent: str, twins: list[str]) -> str:
    whose = f"a job of {parent}" if parent else "a job of a customer that is not in this export"
    shared = f" and has the same List ID as {', '.join(twins)}" if twins else ""
    return f"in QuickBooks this is {whose}{shared}, not a company of its own; decide what becomes of it"


def _differ(ours: str, theirs: str) -> bool:
    if "@" in ours + theirs:
        return bool(ours.strip() and theirs.strip()) and fold(ours) != fold(theirs)
    digits = [re.sub(r"\D", "", text) for text in (ours, theirs)]
    return all(digits) and digits[0] != digits[1]


def _newer(schema: ObjectSchema, cells: Cells) -> str:
    """Which side was changed last, in words."""
    synced, changed = (
        _moment(schema.field(label), cells.get(label, "")) for label in ("QB Last Sync", "Last Modified")
    )
    if not synced or not changed or synced[:10] == changed[:10]:
        return "which is newer cannot be told"
    which = "QuickBooks is newer" if synced > changed else "Results is newer"
    return f"{which} (synced {synced[:10]}, changed here {changed[:10]})"


def _moment(field: Field | None, cell: str) -> str:
    return str(parse(field, cell, _ZONE).value or "") if field else ""
