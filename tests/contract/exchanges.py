"""Every exchange of whole migrations with accounts in memory: base run, lost answers, people, delta, rollback."""

from pathlib import Path

from adapters.protocols import Intent, Request, Response
from tests.contract.nutshell import nutshell_world, prepared
from tests.contract.trade import Amounts, House, confirmed, sampled
from tests.engine.world import DELTA, World

Exchange = tuple[Request, Response]


def migrate() -> list[Exchange]:
    """Move Smart CRM Online into Pipedrive, bring the delta, take everything back; what was said, in order."""
    world = World()
    said = _listen(world)
    world.open_gates()
    world.wire.hurt = Losing()
    world.migration.run()
    world.wire.hurt = lambda _request: ""
    _people(world)
    world.export = DELTA
    _end(world)
    return said


def trade(files: Path) -> list[Exchange]:
    """Move a trading house into Pipedrive, each of its entities, change it, take everything back."""
    house = House(Amounts())
    world = World(source=house, files=files)
    said = _listen(world)
    confirmed(world)
    sampled(world)
    world.wire.hurt = Losing()
    world.migration.run()
    world.wire.hurt = lambda _request: ""
    world.wire.edit("organization", str(world.wire.records()["organizations"][0]["id"]), name="Renamed by hand")
    _change(house)
    _types(world)
    _end(world)
    return said


def migrate_nutshell() -> list[Exchange]:
    """Move Smart CRM Online into Nutshell, bring the delta, take everything back."""
    world = nutshell_world()
    said = _listen(world)
    prepared(world)
    world.wire.hurt = Losing()
    world.migration.run()
    world.wire.hurt = lambda _request: ""
    _people_at_nutshell(world)
    world.export = DELTA
    world.migration.sync()
    choice = {"make": "choice", "entity": "accounts", "field": "Account Tier", "name": "Platinum"}
    world.wire.sandbox.control("POST", "/sandbox/admin", choice)
    world.migration.describe_destination()
    _end(world)
    return said


class Losing:
    """Loses the answer of the first write of each kind at each address, so that each entity must be found again."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, request: Request) -> str:
        """What happens to a request."""
        at = f"{request.method} {request.path} {_method(request)}"
        if not request.unsafe or request.path.rpartition("/")[2].split("-")[0].isdigit() or at in self.seen:
            return ""
        self.seen.add(at)
        return "lost"


def _method(request: Request) -> str:
    """The method of a JSON-RPC call."""
    return str(request.body.get("method", "")) if isinstance(request.body, dict) else ""


def _end(world: World) -> None:
    """The delta, a look at both sides, and the way back, with what is held taken back as well."""
    world.migration.sync()
    world.answer()
    world.migration.run()
    world.migration.reconcile()
    held = world.migration.rewind(0, "rollback").held
    if held:
        world.migration.resolve([draft.id for draft in held], "undo", "test")
        world.migration.rewind(0, "rollback")
    world.close()


def _listen(world: World) -> list[Exchange]:
    """Keep what is said from now on."""
    said: list[Exchange] = []
    sandbox = world.wire.sandbox
    answer = sandbox.answer

    def kept(request: Request) -> Response:
        response = answer(request)
        said.append((request, response))
        return response

    sandbox.answer = kept  # type: ignore[method-assign]
    return said


def _people(world: World) -> None:
    """What people do before the delta: one deal has another title, one note is gone."""
    records = world.wire.records()
    world.wire.edit("deal", str(records["deals"][0]["id"]), title="Renamed by hand")
    world.wire.sandbox.control("POST", "/sandbox/remove", {"entity": "note", "id": records["notes"][0]["id"]})


def _people_at_nutshell(world: World) -> None:
    """The same there."""
    records = world.wire.records()
    edited = {"entity": "lead", "id": records["leads"][0]["id"], "fields": {"description": "Renamed by hand"}}
    world.wire.sandbox.control("POST", "/sandbox/edit", edited)
    world.wire.sandbox.control("POST", "/sandbox/remove", {"entity": "note", "id": records["notes"][0]["id"]})


def _types(world: World) -> None:
    """An activity type is made, found, renamed and deleted: by hand, since no map asks for one yet."""
    adapter, wire = world.account.destination, world.wire
    fields = {"label": "Site visit"}
    made = wire.one(adapter.create("activity_type", fields))
    assert wire.one(adapter.find(Intent(action="create", entity="activity_type", fields=fields)))
    wire.one(adapter.update("activity_type", made.id, {"label": "Visit on site"}))
    wire.one(adapter.delete("activity_type", made.id))


def _change(house: House) -> None:
    """The next export: another name, price, parent, guest, label; a deal out of the archive, another into it."""
    rows = house.rows
    rows["Company"][2] |= {"Name": "New name", "Parent": "3", "Watchers": "priya.raman@brightpath.example"}
    rows["Person"][1]["Name"] = "New name"
    rows["Product"][1]["Tax"] = "19"
    rows["Variation"][1]["Name"] = "New name"
    rows["Deal"][0] |= {"Guest": "4", "Source": "Letter"}
    rows["Deal"][1]["Archived"] = "no"
    rows["Deal"][2]["Archived"] = "yes"
    rows["Lead"][1] |= {"Archived": "no", "Labels": "Cold"}
    rows["Line"][3]["Price"] = "77"
    rows["Visit"][1]["When"] = "2024-06-01 08:00"
    rows["Note"][1]["Text"] = "New text"
