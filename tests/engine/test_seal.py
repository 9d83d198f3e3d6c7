"""The seal: no person of the source, and no secret, is readable in the files of the store."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.world import DELTA, EXPORT, REFUSAL, TOKEN, World

PERSONAL = {"contacts.csv": ("First Name", "Last Name", "Email", "Phone", "Mobile", "Street"),
            "emails.csv": ("From", "To", "Subject", "Body"), "calls.csv": ("Comments",), "notes.csv": ("Note",),
            "companies.csv": ("Company Name", "Phone", "Street"), "deals.csv": ("Deal Name",)}  # fmt: skip


def cells(folder: Path) -> Iterator[str]:
    """Every personal cell of an export that is long enough to be told from chance."""
    for name, columns in PERSONAL.items():
        text = next(t for t in (_read(folder / name, e) for e in ("utf-8-sig", "cp1252", "utf-16")) if t is not None)
        dialect = csv.Sniffer().sniff(text[:4000], delimiters=",;\t|")
        for row in csv.DictReader(text.splitlines(keepends=True), dialect=dialect):
            for column in columns:
                cell = (row.get(column) or "").strip()
                if len(cell) >= 9 and not cell.isdigit():
                    yield cell


def _read(path: Path, encoding: str) -> str | None:
    try:
        return path.read_text(encoding=encoding)
    except (UnicodeDecodeError, UnicodeError):
        return None


def stored(folder: Path) -> bytes:
    """Every byte that the store has left on the disk."""
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()))


@pytest.mark.promise("F-168")
def test_no_person_and_no_token_is_readable_in_the_store(tmp_path: Path) -> None:
    """After a migration, a delta and a rewind no name, address, mail or text is found on the disk, nor the token."""
    world = World(f"sqlite:///{tmp_path / 'cutover.db'}")
    world.open_gates()
    world.migration.run()
    position = world.migration.checkpoint("before").position
    world.export = DELTA
    world.migration.sync()
    world.migration.reconcile()
    world.migration.rewind(position, "rewind")
    world.migration.plan()
    world.close()
    content = stored(tmp_path)
    canaries = {*cells(EXPORT), *cells(DELTA)}
    assert len(canaries) > 200
    found = [c for c in sorted(canaries) if c.encode() in content or c.encode("utf-16-le") in content]
    assert found == []
    assert TOKEN.encode() not in content


def test_a_refusal_leaves_no_words(ready: World, tmp_path: Path) -> None:
    """When the server quotes a person in its refusal, the report has the words and the files of the store do not."""
    refused = iter(("refused", "refused"))
    ready.wire.hurt = lambda r: next(refused, "") if r.unsafe and r.path.endswith("/persons") else ""
    ready.migration.run()
    rejects = [r for r in ready.migration.rejects() if r[2] == "rejected"]
    assert len(rejects) == 2
    assert all(REFUSAL in why for *_, why in rejects)
    ready.migration.plan()
    ready.close()
    assert REFUSAL.encode() not in stored(tmp_path)
    assert b"Quixotic" not in stored(tmp_path)


@pytest.mark.promise("F-166")
def test_the_log_has_every_write_that_the_account_saw(moved: World) -> None:
    """As many intents as the account saw unsafe requests, each with actor, map version, request and answer."""
    intents = {e.position: e for e in moved.journal.log.read(kinds=["WriteIntended"])}
    answers = moved.journal.log.read(kinds=["WriteApplied", "WriteRejected"])
    outcomes = {e.cause: moved.journal.log.open(e) for e in answers if e.cause in intents}
    requests = moved.wire.sandbox.control("GET", "/sandbox/requests")["requests"]
    unsafe = sum(n for route, n in requests.items() if route.split()[0] != "GET")
    assert unsafe == len(intents) == len(outcomes)
    for position, intent in intents.items():
        outcome = outcomes[position]
        assert intent.actor == "tester"
        assert intent.data()["map_version"] == 1
        assert outcome is not None
        assert outcome["request"]["method"] in ("POST", "PUT", "PATCH", "DELETE")
        assert outcome.get("answer") or outcome.get("message")
        assert TOKEN not in str(outcome)
