"""The harness: a workspace whose commands run as real processes, beside a sandbox that is one too."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from sqlalchemy import distinct, func, inspect, select

from engine.view import View
from eventstore.store import open_engine
from eventstore.tables import events
from tests.e2e.pairs import ANSWERS, PIPEDRIVE, Pair, changes
from tests.processes import Forked, cutover, several
from tests.sandbox.process import Running, running

REPO = Path(__file__).resolve().parents[2]
BUNDLE = REPO / "tests" / "bundles" / "smart_crm_online"
EXPORT = BUNDLE / "export"
DELTA = BUNDLE / "delta" / "export"

MAIN = "from ops.cli import main; main()"
"""What the console script does, said to the interpreter: the same whether or not the script is installed."""

CHECKS = (("status",), ("verify",), ("rebuild", "--check"))
"""What the harness asks when a scenario ends."""

DISPOSITIONS = ("written", "unchanged", "skipped", "held", "rejected", "pending")


class Result(NamedTuple):
    """How a command ended: its exit code, the document on standard output (None without --json), both outputs."""

    code: int
    document: Any
    stderr: str
    stdout: str


class Sandbox:
    """A running sandbox, seen through its control endpoints (they cost nothing and are not counted)."""

    def __init__(self, url: str) -> None:
        self.url = str(url)

    def _get(self, path: str) -> Any:
        return httpx.get(self.url + path, timeout=30).raise_for_status().json()

    def records(self) -> dict[str, Any]:
        """Everything that the account holds, table by table."""
        found: dict[str, Any] = self._get("/sandbox/records")
        return found

    def requests(self) -> dict[str, Any]:
        """What the account has been asked so far: {"requests": {"GET /v1/users": 1}, "total", "tokens", "faults"}."""
        found: dict[str, Any] = self._get("/sandbox/requests")
        return found

    def writes(self) -> int:
        """How many requests that change something the account has been sent so far, whatever became of them."""
        return writes(self.requests())

    def edit(self, entity: str, id: int | str, **fields: Any) -> None:
        """Change a record as a person would."""
        self._post("/sandbox/edit", {"entity": entity, "id": id, "fields": fields})

    def remove(self, entity: str, id: int | str) -> None:
        """Delete a record as a person would."""
        self._post("/sandbox/remove", {"entity": entity, "id": id})

    def faults(self, spec: str, seed: int = 0) -> None:
        """From now on hurt requests like this; an empty specification heals."""
        self._post("/sandbox/faults", {"spec": spec, "seed": seed})

    def administer(self, **body: Any) -> None:
        """Make what only an administrator makes, in the web application: `make` says what."""
        self._post("/sandbox/admin", body)

    def _post(self, path: str, body: Any) -> None:
        answer = httpx.post(self.url + path, json=body, timeout=30)
        assert answer.status_code < 400, (path, body, answer.text)


class Workspace:
    """A workspace folder; each command is a process of its own.

    `env` is added to the environment of every command: CUTOVER_STORE puts the log on PostgreSQL. `pair`: its
    destination.
    """

    def __init__(
        self, folder: Path, sandbox: Sandbox, env: Mapping[str, str] | None = None, pair: Pair = PIPEDRIVE
    ) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.pair = pair
        # each workspace has its own store; one in the environment would be shared by all
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CUTOVER_")}
        own = {"CUTOVER_DESTINATION_TOKEN": "sandbox", "CUTOVER_ACTOR": "tester", "PYTHONIOENCODING": "utf-8"}
        self.env = inherited | own | dict(env or {})

    def command(self, *args: str) -> list[str]:
        """The command line of `cutover -C FOLDER ARGS`."""
        return [sys.executable, "-c", MAIN, "-C", str(self.folder), *args]

    def start(self, *args: str) -> Forked:
        """Start a command and leave it running: for tests that kill it."""
        return Forked(cutover, ("-C", str(self.folder), *args), self.env)

    def launch(self, *args: str) -> "subprocess.Popen[str]":
        """Start a command as the shell does, for tests that look at the process itself."""
        return subprocess.Popen(
            self.command(*args), cwd=REPO, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *args: str, timeout: float = 300, env: Mapping[str, str] | None = None) -> Result:
        """Run a command to its end. With --json, standard output must hold exactly one JSON document."""
        process = Forked(cutover, ("-C", str(self.folder), *args), self.env | dict(env or {}))
        stdout, stderr = process.communicate(timeout)
        assert "Traceback" not in stderr, stderr
        self.count()
        document = json.loads(stdout) if "--json" in args and stdout else None
        return Result(process.wait(), document, stderr, stdout)

    def ok(self, *args: str, code: int = 0, timeout: float = 300) -> Any:
        """The document of a command that must end with `code`."""
        result = self.run(*args, "--json", timeout=timeout)
        assert result.code == code, (args, result.code, result.stdout[-2000:], result.stderr[-2000:])
        return result.document

    def init(self, export: Path = EXPORT, plan: str = "") -> None:
        """Make the workspace."""
        pair = ("--from", "smart-crm-online", "--to", self.pair.kind, *self.pair.options)
        where = ("--export", str(export), "--destination-url", self.sandbox.url, "--plan", plan or self.pair.plan)
        self.ok("init", str(self.folder), *pair, *where)
        self.configure(**self.pair.config)

    def configure(self, **destination: Any) -> None:
        """Set keys of [destination.production] in cutover.toml, e.g. settle_seconds=1.0."""
        path = self.folder / "cutover.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        head = lines.index("[destination.production]")
        lines[head + 1 : head + 1] = [f"{key} = {json.dumps(value)}" for key, value in destination.items()]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def prepare(self, *, sample: int = 60) -> None:
        """From discovery to the approved sample and data: the next thing is `run`."""
        self.describe()
        self.approve(sample=sample)

    def describe(self) -> None:
        """From discovery to the confirmed map, the administrator's part included: nothing is written yet."""
        self.ok("discover")
        self.ok("map", "propose")
        self.ok("map", "confirm")
        self.administer(self.pair.first)

    def administer(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Have an administrator make what the API cannot, and look at the account again."""
        for body in bodies:
            self.sandbox.administer(**body)
        if bodies:
            self.ok("discover")

    def approve(self, *, sample: int = 60) -> None:
        """From the confirmed map to the approved sample and data."""
        self.ok("approve", "configuration")
        result = self.run("sample", "--size", str(sample), "--json")
        assert result.code in (0, 6), (result.code, result.stderr)  # 6: there are differences to look at
        self.ok("approve", "sample")
        self.ok("approve", "data")

    def answer(self, answers: Mapping[str, str] = ANSWERS) -> list[dict[str, Any]]:
        """Answer every open blocking question as recorded; the questions that were answered."""
        items: list[dict[str, Any]] = [i for i in self.ok("review")["items"] if i["blocking"]]
        for kind, choice in answers.items():
            ids = [i["id"] for i in items if i["kind"] == kind]
            if ids:
                self.ok("review", "resolve", *ids, "--choose", choice)
        return items

    def finish(self) -> Any:
        """Run to the end of the base migration with the recorded decisions. The last run's document."""
        self.ok("run", code=3)
        self.answer()
        self.ok("approve", "configuration")
        return self.ok("run")

    def count(self) -> None:
        """What must hold at every stop: the six dispositions add up to what the log says was extracted."""
        url = self.env.get("CUTOVER_STORE") or f"sqlite:///{self.folder / 'cutover.db'}"
        if not (self.folder / "cutover.toml").exists() or (url.startswith("sqlite") and not self.stored()):
            return
        engine = open_engine(url)
        try:
            if not inspect(engine).has_table("dispositions"):
                return
            name = str(tomllib.loads((self.folder / "cutover.toml").read_text(encoding="utf-8"))["migration"])
            kind, subject = events.c.kind == "RecordExtracted", events.c.object + "/" + events.c.key
            query = select(events.c.object, func.count(distinct(subject))).where(events.c.migration == name, kind)
            with engine.connect() as connection:
                extracted = {str(o): int(n) for o, n in connection.execute(query.group_by(events.c.object))}
            for target in ("production", "staging"):
                found = View(engine, name).dispositions(target)
                assert {o: sum(c[d] for d in DISPOSITIONS) for o, c in found.items()} == extracted, (target, found)
        finally:
            engine.dispose()

    def stored(self) -> bool:
        """Whether the embedded store is there, and is one (some tests break it)."""
        path = self.folder / "cutover.db"
        return path.exists() and path.with_suffix(".keys").exists() and path.stat().st_size > 0

    def status(self) -> Any:
        """The status document, with what must hold at every moment checked."""
        found = self.ok("status")
        self._adds_up(found)
        return found

    def _adds_up(self, status: Any) -> None:
        for name, counts in status["objects"].items():
            assert sum(counts[d] for d in DISPOSITIONS) == counts["extracted"], (name, counts)

    def check(self) -> Any:
        """What must hold when a scenario ends: counts add up, the log verifies, the read models are its fold."""
        return self._checked(*self.ask(*CHECKS))

    def look(self) -> tuple[Any, list[Any]]:
        """The same check; the status and every review item (asking for those opens what replay asks)."""
        *checks, reviews = self.ask(*CHECKS, ("review", "--all"))
        return self._checked(*checks), reviews["items"]

    def _checked(self, status: Any, verified: Any, compared: Any) -> Any:
        self._adds_up(status)
        assert status["in_doubt"] == 0
        assert verified["ok"] is True
        assert compared["differences"] == []
        return status

    def ask(self, *commands: tuple[str, ...]) -> list[Any]:
        """The documents of several commands that only ask."""
        lines = [["-C", str(self.folder), *c, "--json"] for c in commands]
        process = Forked(several, (lines,), self.env)
        stdout, stderr = process.communicate()
        assert process.wait() == 0, stderr
        return [json.loads(document) for document in stdout.split("\0")[:-1]]

    def events(self, *args: str) -> list[dict[str, Any]]:
        """Events of the log; the options are those of `cutover log`."""
        result = self.run("log", *args)
        assert result.code == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]


def writes(requests: Mapping[str, Any]) -> int:
    """How many of the requests counted by /sandbox/requests may change something."""
    return sum(int(n) for route, n in requests["requests"].items() if changes(route))


def kill(process: Forked) -> None:
    """End a command as a power cut would."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


@contextmanager
def sandboxed(folder: Path, pair: Pair = PIPEDRIVE, **settings: Any) -> Iterator[tuple[Sandbox, Running]]:
    """A sandbox whose state is in a folder; settings are those of its kind, over the pair's."""
    with running(folder / "sandbox.state", name=pair.kind, **(pair.settings | settings)) as address:
        yield Sandbox(address), address


@contextmanager
def migrating(
    folder: Path,
    *,
    export: Path = EXPORT,
    env: Mapping[str, str] | None = None,
    pair: Pair = PIPEDRIVE,
    plan: str = "",
    **settings: Any,
) -> Iterator[Workspace]:
    """A fresh workspace in a folder, with a sandbox of its own beside it. plan: as the workspace says it."""
    folder.mkdir(parents=True, exist_ok=True)
    with sandboxed(folder, pair, **settings) as (sandbox, _):
        workspace = Workspace(folder / "ws", sandbox, env, pair)
        workspace.init(export, plan)
        yield workspace


@contextmanager
def forked(saved: Path, folder: Path, pair: Pair = PIPEDRIVE, **settings: Any) -> Iterator[Workspace]:
    """A copy of a saved scenario (see `save`) that goes its own way, with a sandbox of its own."""
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    with sandboxed(folder, pair, **settings) as (sandbox, _):
        config = folder / "ws" / "cutover.toml"
        text = config.read_text(encoding="utf-8")
        config.write_text(re.sub(r'(?m)^url = "http.*"$', f'url = "{sandbox.url}"', text), encoding="utf-8")
        yield Workspace(folder / "ws", sandbox, pair=pair)


def save(workspace: Workspace, folder: Path) -> Path:
    """Copy a workspace and its sandbox's state as they are between two commands."""
    shutil.copytree(workspace.folder, folder / "ws")
    shutil.copyfile(workspace.folder.parent / "sandbox.state", folder / "sandbox.state")
    return folder
