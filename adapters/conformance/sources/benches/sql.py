"""A made-up database: keys of one column and of two, files, and a table without a key."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import PEOPLE, LocalBench
from adapters.protocols import Source
from adapters.secret import Secret
from adapters.sources.sql import SqlSource

_TABLES = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
INSERT INTO users VALUES (1, 'Ann Ames', 'ann@crm.example'), (2, 'Bob Bell', 'bob@crm.example');
CREATE TABLE companies (
    id INTEGER PRIMARY KEY, name TEXT, revenue NUMERIC(12, 2), founded DATE, active BOOLEAN, logo BLOB,
    owner_id INTEGER REFERENCES users (id));
INSERT INTO companies VALUES
    (1, 'Zoë & Søn', 1250.50, '1999-12-31', 1, x'89504e47', 1), (2, 'Null', NULL, '', 0, NULL, 2);
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT, seen DATETIME,
    company_id INTEGER REFERENCES companies (id));
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :people)
    INSERT INTO contacts
    SELECT n, 'First ' || n, 'Last', 'p' || n || '@zoe.example', '2025-03-14 18:00:00', 1 + n % 2 FROM n;
CREATE TABLE "order lines" (
    "order" INTEGER NOT NULL, part TEXT NOT NULL, company INTEGER REFERENCES companies (id),
    PRIMARY KEY ("order", part));
INSERT INTO "order lines" VALUES (1, 'a|b', 1), (1, 'a', 9);
CREATE TABLE log (said TEXT, at TEXT);
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :people)
    INSERT INTO log SELECT 'line ' || (n % 9), '2025-03-14' FROM n;
"""

_HOLDS = Holds(
    counts={"users": 2, "companies": 2, "contacts": PEOPLE, "order lines": 2, "log": PEOPLE},
    orphans=frozenset({"order lines.company"}),
    files={"companies/logo/1": hashlib.sha256(b"\x89PNG").hexdigest()},
)


def bench(folder: Path) -> LocalBench:
    """A SQLite file."""
    _run(folder, _TABLES.replace(":people", str(PEOPLE)))
    return LocalBench(folder, _HOLDS, _source, _later)


def _source(folder: Path) -> Source:
    return SqlSource(Secret(f"sqlite:///{folder / 'crm.db'}"))


def _later(folder: Path) -> Later:
    _run(
        folder,
        "UPDATE contacts SET last_name = 'New' WHERE id = 7; DELETE FROM contacts WHERE id = 8; "
        "INSERT INTO contacts (id, last_name) VALUES (90000, 'Newer');",
    )
    return Later(changed={"contacts": frozenset({"7", "90000"})}, deleted={"contacts": frozenset({"8"})})


def _run(folder: Path, script: str) -> None:
    with closing(sqlite3.connect(folder / "crm.db")) as connection:
        connection.executescript(script)
