"""A scene: a migration and its sandbox, brought to a point once and then copied for each test."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.pairs import PIPEDRIVE, Pair, changes
from tests.e2e.workspace import DELTA, Sandbox, Workspace
from tests.sandbox.process import Running, start
from tests.undo import dumps, nutshell_dumps
from tests.undo.dumps import Dump

SETTLE_SECONDS = 1.0
"""The sandbox applies a request at most half a second after it was sent, and shows it at once."""

DUMPS = {"pipedrive": dumps.dump, "nutshell": nutshell_dumps.dump}
KEYS = {"pipedrive": dumps.keys, "nutshell": nutshell_dumps.keys}


class Scene:
    """A workspace and its sandbox, both processes of this machine, in one folder; `pair`: of which destination."""

    def __init__(
        self, folder: Path, env: Mapping[str, str] | None = None, pair: Pair = PIPEDRIVE, **settings: Any
    ) -> None:
        self.folder = folder
        self.pair = pair
        self.settings: dict[str, Any] = {**pair.settings, **settings}
        self.process: Running = start(self.state, name=pair.kind, **self.settings)
        self.workspace = Workspace(folder / "ws", Sandbox(self.process), env, pair)

    @property
    def state(self) -> Path:
        """The file that holds the sandbox's account."""
        return self.folder / "sandbox.state"

    @property
    def url(self) -> str:
        """The sandbox's address."""
        return str(self.process)

    # --- the sandbox -----------------------------------------------------------------------------------------------

    def control(self, name: str, body: Any = None) -> Any:
        """Ask the control address, or tell it something."""
        address = f"{self.url}/sandbox/{name}"
        answer = httpx.get(address, timeout=30) if body is None else httpx.post(address, json=body, timeout=30)
        assert answer.is_success, (name, body, answer.text)
        return answer.json()

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that the account holds."""
        found: dict[str, list[dict[str, Any]]] = self.control("records")
        return found

    def dump(self) -> Dump:
        """Everything that the account holds, comparable between accounts."""
        return DUMPS[self.pair.kind](self.records())

    def keys(self) -> Counter[str]:
        """How often each of our keys stands in a live record."""
        return KEYS[self.pair.kind](self.records())

    def writes(self) -> int:
        """How many requests that may change something have arrived."""
        counts: dict[str, int] = self.control("requests")["requests"]
        return sum(n for route, n in counts.items() if changes(route))

    def find(self, table: str, name: str) -> dict[str, Any]:
        """The live record of a table that is called so."""
        label = {"deals": "title", "activities": "subject"}.get(table, "name")
        found = [row for row in self.records()[table] if row[label] == name]
        assert len(found) == 1, (table, name, [row[label] for row in self.records()[table]])
        return found[0]

    def edit(self, entity: str, id: int, **fields: Any) -> None:
        """Change a record as a person would."""
        self.control("edit", {"entity": entity, "id": id, "fields": fields})

    def remove(self, entity: str, id: int) -> None:
        """Delete a record as a person would."""
        self.control("remove", {"entity": entity, "id": id})

    def make(self, path: str, **fields: Any) -> dict[str, Any]:
        """Make a record as a person would: by the API, like the web page does."""
        answer = httpx.post(f"{self.url}{path}", json=fields, headers={"x-api-token": "sandbox"}, timeout=30)
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json()["data"]
        return made

    def kill_sandbox(self) -> None:
        """A power cut at the account's side; it comes back with all that it had acknowledged, at the same address."""
        port = int(self.url.rpartition(":")[2])
        self.process.process.kill()
        self.stop()
        self.process = start(self.state, name=self.pair.kind, port=port, **self.settings)

    def stop(self) -> None:
        """End the sandbox."""
        self.process.process.terminate()
        self.process.process.wait(10)

    # --- the migration ---------------------------------------------------------------------------------------------

    def configure(self, pattern: str, line: str) -> None:
        """Replace a line of cutover.toml."""
        path = self.workspace.folder / "cutover.toml"
        changed, count = re.subn(rf"(?m)^{pattern}.*$", lambda _: line, path.read_text(encoding="utf-8"))
        assert count == 1, (pattern, count)
        path.write_text(changed, encoding="utf-8")

    def exports(self, export: Path) -> None:
        """From now on the source's data is this export."""
        self.configure("export = ", f'export = "{export}"')

    def describe(self) -> None:
        """Everything up to the confirmed map: nothing is written yet."""
        self.workspace.init()
        self.workspace.configure(settle_seconds=SETTLE_SECONDS, visible_seconds=0.0)
        self.workspace.describe()

    def prepare(self) -> None:
        """From there to the first run: gates open, questions answered."""
        self.workspace.approve()
        self.workspace.answer()
        self.workspace.ok("approve", "configuration")

    def move(self) -> None:
        """The base migration, to its end; the position is named."""
        self.workspace.ok("run")
        self.look_ahead()
        self.workspace.ok("checkpoint", "before-delta")

    def look_ahead(self) -> None:
        """Have an administrator make what the delta needs and the API cannot make."""
        self.workspace.administer(self.pair.second)

    def sync(self, *, code: int = 0) -> Any:
        """The delta."""
        return self.workspace.ok("sync", "--export", str(DELTA), code=code)

    def review(self, kind: str) -> list[dict[str, Any]]:
        """The open review items of a kind."""
        return [i for i in self.workspace.ok("review")["items"] if i["kind"] == kind]


@contextmanager
def playing(
    folder: Path, env: Mapping[str, str] | None = None, pair: Pair = PIPEDRIVE, **settings: Any
) -> Iterator[Scene]:
    """A fresh scene in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    scene = Scene(folder, env, pair, **settings)
    try:
        yield scene
    finally:
        scene.stop()


@contextmanager
def copied(original: Path, folder: Path, pair: Pair = PIPEDRIVE, **settings: Any) -> Iterator[Scene]:
    """A scene that goes on from where another, which has been stopped, stands."""
    shutil.copytree(original, folder, ignore=shutil.ignore_patterns("*.lock"))
    with playing(folder, pair=pair, **settings) as scene:
        scene.configure("url = ", f'url = "{scene.url}"')
        yield scene
