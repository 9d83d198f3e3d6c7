"""The driver, the adapter and an account whose connection is cut: no write is lost, none is made twice."""

from typing import Any

import pytest

from adapters.destinations.pipedrive import Pipedrive, finding
from adapters.destinations.pipedrive.catalogue import CONFIGURATION, ENTITIES, ENTITY_ORDER
from adapters.driver import Driver
from adapters.protocols import InDoubtError, Intent, Request, Response
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from adapters.throttle import Throttle
from adapters.transport import LostError
from tests.destinations.account import Account, Furnished
from tests.destinations.flows import drive
from tests.driver.world import Clock

FAULTS = "lost=0.1,cut=0.1,429=0.1,500=0.1,503=0.05,html403=0.02,null=0.05"
FEWER = "lost=0.1,cut=0.1,429=0.1,500=0.05,null=0.05"
"""So few that no request is given up."""


def driver(account: Account, clock: Clock) -> Driver:
    """A driver whose network is the account in memory."""

    async def transport(request: Request) -> Response:
        account.world.now = 1_780_000_000.0 + clock.now()
        try:
            return account.world.answer(request)
        except ConnectionCutError as error:
            raise LostError(str(error)) from None

    return Driver(
        transport,
        account.adapter,
        throttle=Throttle(now=clock.now, sleep=clock.sleep),
        sleep=clock.sleep,
        random=lambda: 0.5,
        deadline_seconds=30.0,
    )


@pytest.mark.promise("F-119")
@pytest.mark.parametrize("seed", range(5))
def test_every_record_is_there_once(seed):
    """60 organizations through lost answers, cut connections, errors before and after, bursts and blocks."""
    account = Account(faults=FAULTS, seed=seed)
    clock = Clock()
    with driver(account, clock) as live:
        key = settle(live, account, clock, "field", {"entity": "organization", "label": "Key", "kind": "text"})
        for number in range(60):
            fields = {"name": f"Org {number}", key: f"m:{number}"}
            settle(live, account, clock, "organization", fields, mark=f"m:{number}")
    account.world.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
    records = account.run(account.adapter.list("organization", None)).records
    assert sorted(record.values[key] for record in records) == sorted(f"m:{number}" for number in range(60))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("entity", ["product", "variation", "deal_product", "file", "remote_file", "lead", "activity"])
def test_every_record_of_the_others_is_there_once(entity, seed):
    """20 of each through the same."""
    account = Furnished()
    account.world.control("POST", "/sandbox/faults", {"spec": FEWER, "seed": seed})
    clock = Clock()
    clock.seconds = account.world.now - 1_780_000_000.0
    wanted = []
    with driver(account, clock) as live:
        for number in range(20):
            fields = twin(account, entity, f"m:{number}")
            if entity == "file":
                fields["content"] = account.content("offer.txt", f"Offer {number:02}".encode())
            fields |= {
                "variation": {"name": f"Name {number}"},
                "remote_file": {"remote_id": f"remote-{number}"},
                "deal_product": {"billing_frequency": "one-time", "billing_frequency_cycles": None},
            }.get(entity, {})
            wanted.append(fields)
            fields = account.adapter.step(entity, None, fields)
            settle(live, account, clock, entity, fields, mark="" if entity == "variation" else f"m:{number}")
    account.world.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
    found = account.run(account.adapter.list(entity, None)).records
    assert len(found) == 20 + 1


@pytest.mark.parametrize("seed", range(5))
def test_every_item_comes_and_goes_once(seed):
    """Followers, participants and relations through the same, each settled by what is there."""
    account = Furnished()
    for number in range(4):
        account.create("organization", {"name": f"Org {number}"})
        account.create("person", {"name": f"Person {number}"})
    account.world.control("POST", "/sandbox/faults", {"spec": FEWER, "seed": seed})
    clock = Clock()
    clock.seconds = account.world.now - 1_780_000_000.0
    changes = [
        ("deal", {"followers": ["2", "3", "4"], "participants": ["2", "3"]}),
        ("organization", {"parent_id": "2", "related_ids": ["3", "4"], "followers": ["3"]}),
        ("organization", {"parent_id": "3", "related_ids": ["5"], "followers": []}),
        ("deal", {"followers": ["4"], "participants": ["4"]}),
    ]
    with driver(account, clock) as live:
        for entity, fields in changes:
            present = live.drive(account.adapter.fetch(entity, ["1"], list(fields)))["1"].values
            left = dict(fields)
            while left:
                before = {key: present[key] for key in left}
                step = account.adapter.step(entity, before, left)
                settle_step(live, account, entity, step, before)
                present |= step
                left = {key: value for key, value in left.items() if present[key] != value}
    account.world.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
    for entity, fields in changes[2:]:
        values = account.read(entity, "1", *fields).values
        assert {key: values[key] for key in fields} == fields


def settle_step(live, account, entity, step, before):
    """One step until it is certain."""
    for _ in range(20):
        at = account.now
        before = {key: before[key] for key in step}
        try:
            live.drive(account.adapter.update(entity, "1", step, before))
        except InDoubtError:
            intent = Intent(action="update", entity=entity, id="1", at=at, fields=step, before=before)
            if not live.drive(account.adapter.find(intent)):
                continue
        return
    raise AssertionError("twenty times in doubt")


def settle(live, account, clock, entity, fields, mark=""):
    """Write until it is certain: sent again only when a read says that it is not there."""
    at = account.now
    for _ in range(20):
        try:
            made = live.drive(account.adapter.create(entity, fields))
        except InDoubtError:
            found = live.drive(
                account.adapter.find(Intent(action="create", entity=entity, mark=mark, at=at, fields=fields))
            )
            assert len(found) <= 1
            if not found:
                continue
            made = found[0]
        return made.values.get("key")
    raise AssertionError("twenty times in doubt")


@pytest.mark.promise("F-120")
def test_a_day_of_the_account_is_never_passed():
    """The sandbox's own budget: the driver stops by itself before the last token of the reserve."""
    account = Account(daily_budget=1_000)
    clock = Clock()
    live = driver(account, clock)
    live.throttle = Throttle(now=clock.now, sleep=clock.sleep, daily_budget=1_000, reserve=200)
    made = 0
    with live:
        flows = [account.adapter.create("organization", {"name": f"Org {n}"}) for n in range(300)]
        outcomes = live.drive_all(flows, in_flight=8)
    made = sum(1 for outcome in outcomes if not isinstance(outcome, Exception))
    assert made == 160
    assert live.throttle.spent == 800


def test_the_sandbox_is_the_one_we_mean():
    """An account in memory answers the adapter's first question."""
    world = in_memory(Settings())
    assert Pipedrive().price(Request(method="GET", path="/v1/users/me")) == 2
    assert world.answer(Request(method="GET", path="/v1/users/me")).status == 200


# --- each entity by itself ---------------------------------------------------------------------------------------

CHANGES = {
    "activity_type": {"label": "Visit"},
    "field": {"label": "Renamed"},
    "pipeline": {"label": "Renamed"},
    "stage": {"label": "Renamed", "probability": 50},
    "product": {"prices": [{"value": 5, "currency": "USD"}]},
    "variation": {"name": "Monthly"},
    "organization": {"website": "https://b.example"},
    "person": {"job_title": "CTO"},
    "deal": {"title": "Bigger"},
    "lead": {"title": "Surely"},
    "deal_product": {"quantity": 7},
    "activity": {"subject": "Other"},
    "note": {"content": "<p>Other</p>"},
    "file": {"name": "other.txt"},
    "remote_file": {"name": "Other"},
}
"""An update of each entity; options are never changed."""

MOVES = {
    "followers": ("product", ["3"]),
    "participants": ("deal", ["2"]),
    "parent_id": ("organization", "2"),
    "related_ids": ("organization", ["2"]),
}
"""A detail, an entity that has it, and an item that comes and goes."""

CREATED, CHANGED, DELETED = 0, 1, 2


def table() -> dict[str, list[str]]:
    """The table of `finding`: the tokens of a create, an update and a delete, by entity or detail."""
    rows = [line.split("|") for line in finding.__doc__.splitlines() if line.startswith("| ")][1:]
    return {row[1].strip(): row[4].strip().split(", ") for row in rows if "---" not in row[1]}


def configured(account: Furnished, entity: str) -> dict[str, Any]:
    """Something new of an entity of configuration."""
    return {
        "activity_type": {"label": "Site visit"},
        "field": {"entity": "deal", "label": "New", "kind": "enum", "options": ["A"]},
        "options": {"entity": "deal", "field": account.keys["enum"], "labels": ["New", "Newer"]},
        "pipeline": {"label": "New"},
        "stage": {"label": "New", "pipeline": "1", "probability": 40},
    }[entity]


def cut(account: Furnished, flow: Any, *, applied: bool) -> None:
    """Drive a flow to its unsafe request, whose answer is lost; `applied`: the request arrived."""

    def answer(request: Request) -> Response:
        if request.unsafe and not applied:
            raise InDoubtError("lost on the way")
        response = account.answer(request)
        if request.unsafe:
            raise InDoubtError("lost on the way back")
        return response

    with pytest.raises(InDoubtError):
        drive(flow, answer)


def settled(account: Furnished, cost: str, **intent: Any) -> list[str]:
    """The ids that `find` gives for an intent, which asks for no more than the table says and never searches."""
    found = [copy.id for copy in account.run(account.adapter.find(Intent(**intent)))]
    asked = [request for request, _ in account.exchanges]
    assert not any(request.unsafe or "search" in request.path.lower() for request in asked)
    assert account.tokens <= int(cost)
    return found


def test_the_table_is_whole():
    """Every entity and every detail has its line."""
    details = {key for entity in ENTITIES.values() for key in entity.details}
    assert set(table()) == {*ENTITY_ORDER, *details}
    assert set(CHANGES) == {*ENTITY_ORDER} - {"options"}
    assert set(MOVES) == details - {"content"}


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("entity", ENTITY_ORDER)
def test_a_create_whose_answer_is_lost(account, entity, applied):
    """It is found where it was applied, and only then; what was there before is not taken for it."""
    fields = configured(account, entity) if entity in CONFIGURATION else twin(account, entity)
    fields = account.adapter.step(entity, None, fields)
    there = {record.id for record in account.run(account.adapter.list(entity, None)).records}
    mark = fields.get("mark") or next((v for v in fields.values() if v == "m:twin"), "")
    account.world.now += 3600
    intent = {"action": "create", "entity": entity, "mark": mark, "at": account.now, "fields": fields}
    cut(account, account.adapter.create(entity, fields), applied=applied)
    found = settled(account, table()[entity][CREATED], **intent)
    now = {record.id for record in account.run(account.adapter.list(entity, None)).records}
    if entity == "options":
        assert [len(id.split(",")) for id in found] == [2] * applied
    else:
        assert found == sorted(now - there)
        assert len(found) == applied


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("entity", list(CHANGES))
def test_an_update_whose_answer_is_lost(account, entity, applied):
    """It is settled by reading the record."""
    id = account.ids.get(entity) or account.create(entity, configured(account, entity)).id
    cut(account, account.adapter.update(entity, id, CHANGES[entity]), applied=applied)
    intent = {"action": "update", "entity": entity, "id": id, "at": account.now, "fields": CHANGES[entity]}
    assert settled(account, table()[entity][CHANGED], **intent) == [id] * applied


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("entity", ENTITY_ORDER)
def test_a_delete_whose_answer_is_lost(account, entity, applied):
    """It is settled by whether the record is gone."""
    id = account.ids.get(entity) or account.create(entity, configured(account, entity)).id
    cut(account, account.adapter.delete(entity, id), applied=applied)
    intent = {"action": "delete", "entity": entity, "id": id, "at": account.now}
    assert settled(account, table()[entity][DELETED], **intent) == [id] * applied


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("comes", [True, False])
@pytest.mark.parametrize("key", list(MOVES))
def test_an_item_whose_answer_is_lost(account, key, comes, applied):
    """Added or removed, whatever else was added meanwhile."""
    entity, item = MOVES[key]
    account.create("organization", {"name": "Mother"})
    account.create("person", {"name": "Second"})
    nothing = [] if isinstance(item, list) else None
    if not comes:
        account.update(entity, "1", {key: item}, {key: nothing})
    if key == "followers":
        account.update(entity, "1", {key: ["4"]}, {key: nothing})
    before, after = ({key: nothing}, {key: item}) if comes else ({key: item}, {key: nothing})
    cut(account, account.adapter.update(entity, "1", after, before), applied=applied)
    intent = {"action": "update", "entity": entity, "id": "1", "at": account.now, "fields": after, "before": before}
    assert settled(account, table()[key][CHANGED], **intent) == ["1"] * applied


def test_without_a_before_image_the_whole_list_must_fit(account):
    """What came is then not known."""
    account.update("deal", "1", {"followers": ["3"]}, {"followers": []})
    find = {"id": "1", "at": account.now}
    assert account.find("update", "deal", fields={"followers": ["3"]}, **find)
    assert not account.find("update", "deal", fields={"followers": ["3", "4"]}, **find)


def test_a_file_of_somebody_else_is_not_ours(account):
    """Other content under the same name and size, or the same content that carries another mark."""
    start = account.now
    fields = {"content": account.content("offer.txt", b"The offer"), "deal_id": account.ids["deal"]}
    assert account.find("create", "file", mark="m:mine", at=start, fields=fields) == []
    account.create("file", {**fields, "content": account.content("offer.txt", b"Not ours!")})
    assert account.find("create", "file", mark="m:mine", at=start, fields=fields) == []
    made = account.create("file", fields).id
    assert [copy.id for copy in account.find("create", "file", mark="m:mine", at=start, fields=fields)] == [made]


def twin(account: Furnished, entity: str, mark: str = "m:twin") -> dict[str, Any]:
    """A record like the furnished one, with a mark of its own where it carries one."""
    fields = dict(account.fields[entity])
    marks = {"m:" + entity}
    fields = {key: mark if isinstance(value, str) and value in marks else value for key, value in fields.items()}
    return fields | ({"name": "Twin"} if entity == "variation" else {})
