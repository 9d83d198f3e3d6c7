"""A whole migration in one process: an in-memory sandbox, a SQLite log, a clock that counts, ids that count."""

import shutil
from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import (
    AdapterError,
    BudgetSpentError,
    Done,
    Flow,
    InDoubtError,
    Refused,
    RefusedError,
    Request,
    Response,
    Source,
    UnreachableError,
    Wait,
)
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.pipedrive import in_memory, world
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import InMemory
from adapters.sources.smart_crm_online import SmartCrmOnline
from engine.account import Account
from engine.discover import Way
from engine.filestore import FileStore
from engine.journal import Journal
from engine.migration import Migration
from engine.state import StateFold
from engine.view import View
from eventstore.log import Log
from eventstore.store import migrate, open_engine
from tests.engine import inline

T = TypeVar("T")

BUNDLE = Path(__file__).parents[1] / "bundles" / "smart_crm_online"
EXPORT = BUNDLE / "export"
DELTA = BUNDLE / "delta" / "export"
TOKEN = "token-8c1f77aa0392"
REFUSAL = "Quixotic Zebra-Canary is no valid name"
SETTINGS = {
    "zone": "America/New_York",
    "currency": "USD",
    "duplicates": "ask",
    "conflicts": "review",
    "deletions": "propose",
}
ANSWERS = {
    "owner": "user:migration@brightpath.example",
    "value": "stage:Verbal Yes (pending PO)",
    "ambiguous": "skip",
    "orphan": "skip",
}


class Bytes:
    """Key material that is the same in every run."""

    def __init__(self) -> None:
        self._numbers = count()

    def __call__(self, size: int) -> bytes:
        return blake2b(str(next(self._numbers)).encode(), digest_size=size).digest()


def journal_at(url: str = "sqlite://", *, actor: str = "tester", start: int = 1_780_000_000_000_000) -> Journal:
    """A journal on a fresh store; each event is a millisecond after the one before."""
    engine = open_engine(url)
    migrate(engine)
    times, ids = count(start, 1000), count(1)
    log = Log(engine, "acme", folds=[StateFold()], entropy=Bytes())
    return Journal(log, actor=actor, now=lambda: next(times), new_id=lambda: f"{start}-{next(ids)}")


def view_of(journal: Journal) -> View:
    """The read models of a journal."""
    return View(journal.log._engine, journal.log.migration)


class MemoryWire:
    """Runs flows against a sandbox in memory. `exchanges`: the requests so far. `hurt`: says what happens to one.

    "lost": it is applied and the answer is lost; "cut": it never arrives; "spent": the daily budget is gone;
    "refused": the server says no, and quotes REFUSAL.
    """

    def __init__(self, destination: Any, sandbox: InMemory | None = None, **settings: Any) -> None:
        self.settings = Settings(**{"burst": 10**6, "daily_budget": 10**8} | settings)
        self.sandbox = sandbox or in_memory(self.settings, token=TOKEN)
        self.destination = destination
        self.exchanges: list[Request] = []
        self.hurt: Callable[[Request], str] = lambda _request: ""
        self.spent = 0
        self.left: int | None = None
        self.slowest = 0.0

    @property
    def writes(self) -> list[Request]:
        """The unsafe requests so far."""
        return [r for r in self.exchanges if r.unsafe]

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that the account holds."""
        found: dict[str, list[dict[str, Any]]] = self.sandbox.control("GET", "/sandbox/records")
        return found

    def edit(self, entity: str, id: str, **fields: Any) -> None:
        """Change a record as a person would."""
        self.sandbox.control("POST", "/sandbox/edit", {"entity": entity, "id": int(id), "fields": fields})

    def one(self, flow: Flow[T]) -> T:
        """A flow's result."""
        return inline.one(flow, self._exchange)

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """The results of flows, one after the other."""
        return inline.many(flows, self._exchange)

    def _exchange(self, request: Request) -> Response:
        self.sandbox.now += 1
        self.exchanges.append(request)
        harm = self.hurt(request)
        if harm == "spent":
            raise BudgetSpentError("the budget is spent", 60.0)
        if harm == "refused":
            raise RefusedError(Refused(status=422, message=REFUSAL))
        if harm == "cut":
            raise InDoubtError("cut") if request.unsafe else UnreachableError("cut")
        try:
            response = self.sandbox.answer(request)
        except ConnectionCutError:
            raise InDoubtError("closed") from None
        self.spent += self.destination.price(request)
        if harm == "lost":
            raise InDoubtError("lost")
        verdict = self.destination.verdict(request, response)
        match verdict:
            case Done():
                return response
            case Refused():
                raise RefusedError(verdict)
            case Wait():
                raise UnreachableError(f"{request.path}: {response.body}")
            case _:
                raise InDoubtError(verdict.reason)


class World:
    """A migration of an export to a sandbox.

    `url`: the store. `policies`: over SETTINGS. `source`: opens the source instead of the export. `destination`,
    `sandbox`: in the place of Pipedrive's largest plan. `files`: the folder of attachments.
    """

    def __init__(
        self,
        url: str = "sqlite://",
        *,
        export: Path = EXPORT,
        start: int = 1_780_000_000_000_000,
        source: Source | None = None,
        destination: Any = None,
        sandbox: InMemory | None = None,
        files: Path | None = None,
        **policies: str,
    ) -> None:
        self.export = export
        self.journal = journal_at(url, start=start)
        self.view = view_of(self.journal)
        destination = destination or Pipedrive(plan="ultimate")
        self.wire = MemoryWire(destination, sandbox)
        self.slept: list[float] = []
        self.account = Account(
            target="production",
            destination=destination,
            costs=destination,
            wire=self.wire,
            settle_seconds=30.0,
            visible_seconds=5.0,
            now=lambda: self.wire.sandbox.now + sum(self.slept),
            sleep=self.slept.append,
        )
        self.migration = Migration(
            self.journal,
            self.view,
            self.account,
            lambda dialects: [Way(method="bundle", source=source or SmartCrmOnline(self.export))],
            SETTINGS | policies,
            lambda _what, _done, _total: None,
            FileStore(files) if files else None,
        )
        if files:
            self.wire.sandbox.files = FileStore(files).path

    def close(self) -> None:
        """Close the store."""
        self.journal.log._engine.dispose()

    def copy(self, folder: Path) -> "World":
        """A world that goes on from where this one stands; both must be on files, and this one at rest."""
        engine = self.journal.log._engine
        original = Path(str(engine.url.database))
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in (".db", ".keys"):
            shutil.copy(original.with_suffix(suffix), folder / f"world{suffix}")
        made = World(f"sqlite:///{folder / 'world.db'}", export=self.export, start=self.journal.now() + 10**9)
        made.wire.sandbox.world = world(self.wire.sandbox.world.dump(), self.wire.settings, TOKEN, 0, "memory")
        made.wire.sandbox.now = self.wire.sandbox.now
        return made

    def map(self) -> None:
        """Discover, propose, confirm."""
        self.migration.start("smart-crm-online", self.account.destination.name)
        self.migration.discover()
        self.migration.confirm(self.migration.propose())

    def answer(self) -> None:
        """Answer every open blocking question as recorded, duplicates as proposed."""
        for question in self.migration.reviews():
            if question.blocking:
                choice = ANSWERS.get(question.kind) or question.proposed
                self.migration.resolve([question.id], choice, "test")

    def open_gates(self) -> None:
        """Everything up to the first run: sample looked at, gates approved, questions answered."""
        self.map()
        self.migration.approve("configuration", "test")
        self.migration.sample(60)
        self.migration.approve("sample", "test")
        self.migration.approve("data", "test")
        self.answer()
        self.migration.approve("configuration", "test")

    def counts(self) -> dict[str, dict[str, int]]:
        """Dispositions by object."""
        return self.view.dispositions("production")

    def kinds(self, after: int = 0) -> list[str]:
        """The kinds of events after a position."""
        return [e.kind for e in self.journal.log.read(after=after)]
