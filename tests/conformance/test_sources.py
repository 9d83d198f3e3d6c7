"""The suite for sources: ours and the documented example pass it, and each fault is found where it belongs."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conformance import source_mutants
from tests.conformance.running import REPO, offer, run_source

GROUP = "cutover.conformance.sources"
DOCUMENT = REPO / "docs" / "conformance-sources.md"
BLOCK = re.compile(r"^`(\S+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]["entry-points"][GROUP]

NO_NETWORK = ("has no network", "has no secrets", "has no sessions")
NO_FILES = ("has no files", "has no files elsewhere")
A_SNAPSHOT = "is read whole each time"
UNCHANGING = "has no day after: its files never change"

LACKING: dict[str, tuple[str, ...]] = {
    "promoxcrm": (A_SNAPSHOT, "has no sessions"),
    "pro-sales-crm": (A_SNAPSHOT, *NO_FILES, "has no secrets", "has no sessions"),
    "pro-sales-crm-both": (A_SNAPSHOT, *NO_FILES, "has no secrets", "has no sessions"),
    "improveit-360": ("has no files elsewhere",),
    "improveit-360-bulk": ("has no files elsewhere",),
    "promoxcrm-export": (A_SNAPSHOT, *NO_NETWORK, *NO_FILES, "cannot be probed", UNCHANGING),
    "pro-sales-crm-export": (A_SNAPSHOT, *NO_NETWORK, *NO_FILES, "cannot be probed", UNCHANGING),
    "improveit-360-export": (A_SNAPSHOT, *NO_NETWORK, "has no files elsewhere", "cannot be probed"),
    "results": (A_SNAPSHOT, *NO_NETWORK, "has no files elsewhere", "cannot be probed"),
    "smart-crm-online": (A_SNAPSHOT, *NO_NETWORK, *NO_FILES, "cannot be probed"),
    "database": (A_SNAPSHOT, *NO_NETWORK, "has no files elsewhere"),
    "workbook": (A_SNAPSHOT, *NO_NETWORK, *NO_FILES),
}
"""Why tests are skipped, by source."""

TOGETHER = (
    ("promoxcrm", "pro-sales-crm", "pro-sales-crm-both", "improveit-360", "improveit-360-bulk"),
    ("promoxcrm-export", "pro-sales-crm-export", "improveit-360-export", "results"),
    ("smart-crm-online", "database", "workbook"),
)
"""Sources that are run in one process, to save the time of its start."""


def test_every_source_is_run() -> None:
    """None for which we offer a bench is left out."""
    assert sorted(name for names in TOGETHER for name in names) == sorted(OURS) == sorted(LACKING)


@pytest.mark.parametrize("sources", TOGETHER, ids=["apis", "exports", "others"])
def test_ours_conform(tmp_path: Path, sources: tuple[str, ...]) -> None:
    """Every source for which we offer a bench passes, and what is skipped is what it has not."""
    done = run_source(tmp_path, *sources, path=(offer(tmp_path / "site", GROUP, **OURS), REPO))
    assert done.failed == {}, done.printed
    for source in sources:
        one = done.of(source, sources)
        assert one.passed > 20, source
        assert set(one.skipped.values()) == {f"{source} {why}" for why in LACKING[source]}, source


@pytest.mark.parametrize("topic", sorted({topic for *_, topic in source_mutants.MUTANTS.values()}))
def test_a_mutant_of_ours_is_found(tmp_path: Path, topic: str) -> None:
    """One of our own adapters with one deliberate fault fails in the topic that its fault belongs to."""
    names = [name for name, (*_, there) in source_mutants.MUTANTS.items() if there == topic]
    places = {name: f"tests.conformance.source_mutants:bench_{name.replace('-', '_')}" for name in names}
    site = offer(tmp_path / "site", GROUP, **places)
    done = run_source(tmp_path, *names, topic=topic, path=(site, REPO))
    assert [name for name in names if not done.of(name, names).failed] == [], done.printed
    assert done.passed, "what the faults do not touch still passes"


def written(folder: Path) -> Path:
    """The documented example as files, and the metadata that installing it would leave."""
    files = dict(BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")))
    assert files.keys() == {"pyproject.toml", "ledger/adapter.py", "ledger/bench.py"}
    points = tomllib.loads(files["pyproject.toml"])["project"]["entry-points"][GROUP]
    (folder / "ledger").mkdir(parents=True)
    (folder / "ledger" / "__init__.py").touch()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return offer(folder, GROUP, **points)


def broken(folder: Path, was: str, becomes: str, file: str = "adapter") -> None:
    """Change one place of the adapter or of the bench."""
    place = folder / "ledger" / f"{file}.py"
    text = place.read_text(encoding="utf-8")
    assert text.count(was) == 1, was
    place.write_text(text.replace(was, becomes), encoding="utf-8")


def test_the_documented_example_passes(tmp_path: Path) -> None:
    """It passes every test; only a login it has not."""
    done = run_source(tmp_path, "ledger", path=(written(tmp_path / "site"), REPO))
    assert done.failed == {}, done.printed
    assert set(done.skipped.values()) == {"ledger has no sessions"}, done.printed
    assert done.passed > 30


MUTANTS = {
    "count-of-pages": ("count=count,", "count=count + 1,", "schema"),
    "unknown-target": ('to=("account",)', 'to=("accounts",)', "schema"),
    "title-of-nothing": ('else ("title",)', 'else ("subject",)', "schema"),
    "numbers-in-values": ("values=texts(raw)", 'values={**texts(raw), "amount": raw.get("amount", "")}', "records"),
    "raw-lost": ("raw=raw, where=", "where=", "records"),
    "field-unknown": ("values=texts(raw)", 'values=texts(raw) | {"more": "1"}', "records"),
    "ids-alike": ('    id = str(raw["id"])\n', '    id = str(raw["id"])[:0] + "1"\n', "records"),
    "cursor-in-memory": (
        "        after = {",
        "        self.at = at if at is None or hasattr(self, 'at') else '0'\n        at = self.at\n        after = {",
        "pages",
    ),
    "one-page-only": ('next=body["next"])', "next=None)", "schema"),
    "large-pages": ('"limit": "3"', '"limit": "9999"', "pages"),
    "anything-goes": ("if object not in KINDS:", "if False:", "pages"),
    "links-by-name": ('id_field="account"),)', 'id_field="title"),)', "links"),
    "mark-of-here": ('path="/clock")).body["data"])', 'path="/clock")).body["data"])[:-1]', "delta"),
    "since-unheeded": (
        '{"since": since} if since else {}',
        '{"since": "2025-03-12T00:00:00Z"} if since else {}',
        "delta",
    ),
    "deletions-dropped": ('f"/{object}/deleted"', 'f"/{object}"', "delta"),
    "deletions-with-values": ("values={}, raw=raw", "values=texts(raw), raw=raw", "delta"),
    "key-to-strangers": ('if "://" in reference:', "if False:", "files"),
    "no-word": ('raise FileNotFoundError(f"Ledger has no receipt {reference!r}.")', "return answer", "files"),
    "posts": ('Request(method="GET", path="/counts")', 'Request(method="POST", path="/counts")', "requests"),
    "key-in-the-query": ('path="/users")', 'path="/users", query={"api_key": "k3y"})', "requests"),
    "probe-by-post": (
        'Request(method="GET", path=f"/{name}", query={"limit": "1"})',
        'Request(method="POST", path=f"/{name}", query={"limit": "1"}, reads=True)',
        "probe",
    ),
    "probe-without-steps": ("steps=tuple(steps)", "steps=()", "probe"),
    "broken-answers-pass": (
        'return Unknown(reason="an answer that is no JSON")',
        "return Done()",
        "faults",
    ),
    "busy-is-the-end": (
        'return Wait(cause="burst"',
        'return Refused(status=429, message="busy") or Wait(cause="burst"',
        "faults",
    ),
    "down-is-empty": (
        '            return Wait(cause="server")\n',
        "            return Refused(status=response.status, message='down')\n",
        "faults",
    ),
}
"""One fault each: what is replaced, by what, and the topic in which it is found."""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found(tmp_path: Path, name: str) -> None:
    """The suite fails it in the topic that its fault belongs to."""
    was, becomes, topic = MUTANTS[name]
    site = written(tmp_path / "site")
    if name == "large-pages":
        broken(site, "range(1, 8)", "range(1, 8000)", "bench")
        broken(site, '"entry": 7}', '"entry": 7999}', "bench")
    broken(site, was, becomes)
    done = run_source(tmp_path, "ledger", topic=topic, path=(site, REPO))
    assert done.topics == {topic}, done.printed


@pytest.mark.parametrize(
    ("was", "becomes", "topic"),
    [
        ('orphans=frozenset({"entry.account"})', 'orphans=frozenset({"entry.account", "entry.owner"})', "links"),
        ('counts={"account": 2, "entry": 7}', 'counts={"account": 2, "entry": 8}', "schema"),
        ('missing=("e3",)', 'missing=("e3", "e9")', "files"),
        ('missing=("e3",)', 'missing=("e3",), gone={"entry": {"2": ""}}', "records"),
    ],
)
def test_a_bench_that_does_not_hold_fails(tmp_path: Path, was: str, becomes: str, topic: str) -> None:
    """What a bench says of its system is put to the test, too."""
    site = written(tmp_path / "site")
    broken(site, was, becomes, "bench")
    done = run_source(tmp_path, "ledger", topic=topic, path=(site, REPO))
    assert done.topics == {topic}, done.printed


def test_a_source_that_nobody_offers_is_named(tmp_path: Path) -> None:
    """The error says which there are."""
    site = offer(tmp_path / "site", GROUP, **OURS)
    with pytest.raises(AssertionError, match="no bench is installed for ledgers; there are database, improveit-360"):
        run_source(tmp_path, "ledgers", path=(site, REPO))


def test_the_suites_are_apart(tmp_path: Path) -> None:
    """Whoever runs the suite for destinations does not run the one for sources."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only"]
    done = subprocess.run(
        [*command, "--pyargs", "adapters.conformance"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(REPO)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "test_round_trip" in done.stdout
    assert "test_faults" not in done.stdout
