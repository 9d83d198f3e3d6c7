"""Every exchange of a whole migration with an account in memory: base run, lost answers, delta, people, rollback."""

from adapters.protocols import Request, Response
from tests.engine.world import DELTA, World

Exchange = tuple[Request, Response]


def migrate() -> list[Exchange]:
    """Move the base export, bring the delta, take everything back; what was said, in order."""
    world = World()
    said = _listen(world)
    world.open_gates()
    world.wire.hurt = Losing()
    world.migration.run()
    world.wire.hurt = lambda _request: ""
    _people(world)
    world.export = DELTA
    world.migration.sync()
    world.answer()
    world.migration.run()
    world.migration.reconcile()
    world.migration.rewind(0, "rollback")
    world.close()
    return said


class Losing:
    """Loses the answer of the first creation at each address, so that each entity must be found again."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, request: Request) -> str:
        """What happens to a request."""
        if request.method != "POST" or request.path in self.seen:
            return ""
        self.seen.add(request.path)
        return "lost"


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
