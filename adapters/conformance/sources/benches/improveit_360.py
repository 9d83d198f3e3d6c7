"""A made-up org of improveit 360: its API, logged in to, by REST and by Bulk; and its weekly data export alone."""

import base64
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import LocalBench, written
from adapters.conformance.sources.benches.memory import SAMPLES, MemoryBench
from adapters.connector import Session
from adapters.credentials import Credentials
from adapters.protocols import Flow, Request, Response
from adapters.sandbox.salesforce import SalesforceSettings, ids, in_memory, times
from adapters.sandbox.world import InMemory
from adapters.secret import Secret
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.export import PAGE_RECORDS, WeeklyExport
from adapters.sources.salesforce.login import credentials, login
from adapters.sources.salesforce.source import Salesforce

Row = dict[str, Any]

_FOLDER = SAMPLES / "improveit_360"
_ORG, _DAY_LATER = _FOLDER / "org", _FOLDER / "delta" / "org"
_OPTIONS = {"client_id": "cutover"}
_SECRET = "hush-hush-0f-the-app"  # noqa: S105 - of a made-up app

_CONTACT, _LOSER = "003Lk0000000001IAA", ids.long("003Lk0000000003")
_PICTURE, _NO_PICTURE = "00PLk0000000001MAA", ids.long("00PLk0000000002")
_TASK, _LATE = "00TLk0000000001MAA", "00TLk0000000002MAA"
_EVENT, _OPPORTUNITY = "00ULk0000000001MAA", "a07Lk0000000001IAA"

_FILES = {
    "ContentVersion/068Lk0000000001IAA/191/Signed contract.pdf": "068Lk0000000001IAA",
    f"Attachment/{_PICTURE}/75/roof before.png": _PICTURE,
}
_COUNTS = {
    "Account": 1, "Contact": 3, "i360__Staff__c": 3, "i360__Marketing_Source__c": 2, "i360__Prospect__c": 4,
    "i360__Lead_Source__c": 3, "i360__Appointment__c": 3, "i360__Sale__c": 2, "i360__Project__c": 1,
    "i360__Marketing_Task__c": 1, "Task": 3, "Event": 1, "File": 3, "Note": 1,
}  # fmt: skip


# --- the API --------------------------------------------------------------------------------------------------------


def bench(folder: Path) -> "OrgBench":
    """Read by REST, a few records a page; files are found from the records that they hang on."""
    del folder
    return OrgBench(SalesforceSettings(org=str(_ORG), page=2, client_id="cutover"), bulk_from=None)


def bench_by_bulk(folder: Path) -> "OrgBench":
    """Read by Bulk, a few records a part; our user may read all files."""
    del folder
    settings = SalesforceSettings(org=str(_ORG), part=2, decimal_ints=True, query_all_files=True, client_id="cutover")
    return OrgBench(settings, bulk_from=0)


class OrgBench(MemoryBench):
    """An org that answers nobody but who has logged in."""

    def __init__(self, settings: SalesforceSettings, *, bulk_from: int | None) -> None:
        memory = in_memory(settings, token=_SECRET)
        _add(memory)
        bodies = {reference: (_ORG / "bodies" / id).read_bytes() for reference, id in _FILES.items()}
        holds = Holds(
            counts=_COUNTS,
            gone={"Contact": {_LOSER: _CONTACT}},
            files={reference: hashlib.sha256(body).hexdigest() for reference, body in bodies.items()},
            missing=(f"Attachment/{_NO_PICTURE}/75/roof after.png",),
            secrets=(_SECRET,),
        )
        super().__init__(memory, holds, lambda: Salesforce(ImproveIt360(), bulk_from=bulk_from), _later)
        self._signs: Credentials = credentials(Secret(_SECRET), _OPTIONS)

    def login(self) -> Flow[Session]:
        """By the flow client-credentials."""
        self._signs = credentials(Secret(_SECRET), _OPTIONS)
        return login(Secret(_SECRET), _OPTIONS)

    def enter(self, session: Session) -> None:
        """Sign with the session's token."""
        self._signs = session.credentials

    def end(self) -> None:
        """End every session."""
        self._memory.control("POST", "/sandbox/sessions")

    async def send(self, request: Request) -> Response:
        """The org's answer to who signs at the moment."""
        kind, _, word = self._signs.headers(request).get("authorization", "").partition(" ")
        if kind == "Basic":
            self._memory.user, _, self._memory.token = base64.b64decode(word).decode().partition(":")
        else:
            self._memory.user, self._memory.token = "", word
        return await super().send(request)


def _add(memory: InMemory) -> None:
    """A contact that lost a merge, and a picture without a body."""
    contact = _sample("Contact", _CONTACT) | {"IsDeleted": True, "MasterRecordId": _CONTACT, "Email": None}
    _edit(memory, "Contact", _LOSER, contact)
    _edit(memory, "Attachment", _NO_PICTURE, _sample("Attachment", _PICTURE) | {"Name": "roof after.png"})


def _later(memory: InMemory) -> Later:
    """The picture of a day later; besides a change that was stamped before the mark, and two deletions."""
    mark = memory.now
    memory.control("POST", "/sandbox/org", {"path": str(Path("..") / "delta" / "org")})
    _add(memory)
    late = {"Description": "Committed late.", "SystemModstamp": times.rest(mark - 300)}
    _edit(memory, "Task", _LATE, _sample("Task", _LATE) | late)
    memory.control("POST", "/sandbox/remove", {"object": "Event", "id": _EVENT})
    memory.control("POST", "/sandbox/remove", {"object": "i360__Marketing_Task__c", "id": _OPPORTUNITY, "hard": True})
    memory.now += 3600.0  # so far the log of deletions lags behind
    return Later(
        changed={"Task": frozenset({_TASK, _LATE}), **_CHANGED},
        deleted={"Event": frozenset({_EVENT}), "i360__Marketing_Task__c": frozenset({_OPPORTUNITY}), **_DELETED},
    )


_CHANGED = {
    "i360__Prospect__c": frozenset({"a00Lk0000000002IAA", "a00Lk0000000005IAA"}),
    "i360__Lead_Source__c": frozenset({"a01Lk0000000004IAA"}),
    "i360__Sale__c": frozenset({"a04Lk0000000001IAA", "a04Lk0000000003IAA"}),
}
_DELETED = {
    "i360__Prospect__c": frozenset({"a00Lk0000000004IAA"}),
    "i360__Lead_Source__c": frozenset({"a01Lk0000000003IAA"}),
}


def _sample(sobject: str, id: str) -> Row:
    return next(row for row in _rows(_ORG, sobject) if row["Id"] == id)


def _rows(org: Path, sobject: str) -> list[Row]:
    rows: list[Row] = json.loads((org / "records" / f"{sobject}.json").read_text(encoding="utf-8"))
    return [{key: value for key, value in row.items() if key != "attributes"} for row in rows]


def _edit(memory: InMemory, sobject: str, id: str, row: Row) -> None:
    body = {"object": sobject, "id": id, "fields": {**row, "Id": id}, "by": "formula"}
    memory.control("POST", "/sandbox/edit", body)


# --- the weekly export ----------------------------------------------------------------------------------------------


def bench_of_export(folder: Path) -> LocalBench:
    """The org as its data export writes it, with so many contacts that they take two pages."""
    _export(_ORG, folder)
    files = {reference: hashlib.sha256((_ORG / "bodies" / id).read_bytes()).hexdigest()
             for reference, id in _FILES.items()}  # fmt: skip
    holds = Holds(counts=_COUNTS | {"Contact": 2 + PAGE_RECORDS, "File": 2}, files=files)
    return LocalBench(folder, holds, lambda path: WeeklyExport(ImproveIt360(), path), _later_export)


def _later_export(folder: Path) -> Later:
    _export(_DAY_LATER, folder)
    return Later(changed={"Task": frozenset({_TASK}), **_CHANGED}, deleted=_DELETED)


def _export(org: Path, folder: Path) -> None:
    """One CSV an object, without deleted records; the bodies of files under their ids."""
    people = [{"Id": ids.numbered("003", n), "LastName": f"Last {n}"} for n in range(1, PAGE_RECORDS + 1)]
    for path in (org / "records").iterdir():
        rows = [row for row in _rows(org, path.stem) if not row.get("IsDeleted")]
        rows += people if path.stem == "Contact" else []
        header = list(dict.fromkeys(key for row in rows for key in row))
        written(folder, {f"{path.stem}.csv": [header, *([_cell(row.get(key)) for key in header] for row in rows)]})
    for body in (org / "bodies").iterdir():
        place = folder / ("Attachments" if body.name == _PICTURE else "ContentVersion")
        place.mkdir(exist_ok=True)
        shutil.copy(body, place / body.name)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value).replace("T", " ").removesuffix(".000+0000") if str(value).endswith("+0000") else str(value)
