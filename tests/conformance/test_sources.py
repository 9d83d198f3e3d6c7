"""The suite for sources: ours and the documented example pass it, and each fault is found where it belongs."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conformance.running import REPO, offer, run_source

GROUP = "cutover.conformance.sources"
DOCUMENT = REPO / "docs" / "conformance-sources.md"
BLOCK = re.compile(r"^`(\S+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]["entry-points"][GROUP]

LACKING = {
    "smart-crm-online": {
        "smart-crm-online has no network",
        "smart-crm-online has no secrets",
        "smart-crm-online has no files",
        "smart-crm-online has no files elsewhere",
        "smart-crm-online is read whole each time",
        "smart-crm-online cannot be probed",
    },
    "database": {
        "database has no network",
        "database has no secrets",
        "database has no files elsewhere",
        "database is read whole each time",
    },
    "workbook": {
        "workbook has no network",
        "workbook has no secrets",
        "workbook has no files",
        "workbook has no files elsewhere",
        "workbook is read whole each time",
    },
}
"""Why tests are skipped, by source."""


@pytest.mark.parametrize("source", OURS)
def test_ours_conform(tmp_path: Path, source: str) -> None:
    """Every source for which we offer a bench passes, and what is skipped is what it has not."""
    done = run_source(tmp_path, source, path=(offer(tmp_path / "site", GROUP, **OURS), REPO))
    assert done.failed == {}, done.printed
    assert done.passed > 20
    assert set(done.skipped.values()) == LACKING[source]


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
    """It passes every test, and nothing is skipped."""
    done = run_source(tmp_path, "ledger", path=(written(tmp_path / "site"), REPO))
    assert done.failed == {}, done.printed
    assert done.skipped == {}, done.printed
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
    with pytest.raises(AssertionError, match="no bench is installed for ledgers; there are database, smart-crm-online"):
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
