"""A large table takes no more memory than a small one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

ROOT = Path(__file__).parents[3]
ROWS = {"sqlite": (100_000, 20_000), "postgresql": (30_000, 10_000)}
MOST_MEGABYTES = 16

READER = """
import json, resource, sys
from adapters.secret import Secret
from adapters.sources.sql import SqlSource

def finish(flow):
    try:
        next(flow)
    except StopIteration as stop:
        return stop.value

def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

def whole(only):
    source = SqlSource(Secret(sys.argv[1]), {"only": only})
    count = finish(source.schema()).objects[0].count
    at, read = None, 0
    while True:
        page = finish(source.read(only, None, at))
        read += len(page.records)
        at = page.next
        if at is None:
            break
    with source.open("files/content/1") if only == "files" else open("/dev/null", "rb") as file:
        while file.read(1 << 16):
            pass
    return count, read

whole("small")
before = megabytes()
print(json.dumps({"counts": [whole("large"), whole("heap"), whole("files")], "grown": megabytes() - before}))
"""


@pytest.mark.promise("F-028")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_flat_memory(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """Describing and reading many rows, with a key and without, and a file of 32 MB, grow a process by little."""
    many, some = ROWS[kind]
    if kind == "sqlite":
        url = written = f"sqlite:///{tmp_path / 'large.db'}"
        numbers = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {0}) "
        insert, blob = numbers + "INSERT INTO {1} SELECT {2} FROM s", "zeroblob(33554432)"
        key = "INTEGER PRIMARY KEY"
    else:
        url = str(request.getfixturevalue("database"))
        written = url.replace("postgresql://", "postgresql+psycopg://")
        insert, blob = (
            "INSERT INTO {1} SELECT {2} FROM generate_series(1, {0}) AS s(n)",
            "decode(repeat('00', 33554432), 'hex')",
        )
        key = "int PRIMARY KEY"
    engine = sa.create_engine(written)
    with engine.begin() as connection:
        for table, kind_of_key, count in (("small", key, 1_000), ("large", key, many), ("heap", "int", some)):
            connection.execute(sa.text(f"CREATE TABLE {table} (id {kind_of_key}, name text, note text)"))
            values = "n, 'name of ' || n, 'a longer note about ' || (n % 7)"
            connection.execute(sa.text(insert.format(count, table, values)))
        binary = "BLOB" if kind == "sqlite" else "bytea"
        connection.execute(sa.text(f"CREATE TABLE files (id {key}, content {binary})"))
        connection.execute(sa.text(f"INSERT INTO files VALUES (1, {blob})"))
    engine.dispose()
    done = subprocess.run(
        [sys.executable, "-c", READER, url], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    said = json.loads(done.stdout)
    assert said["counts"] == [[many, many], [some, some], [1, 1]]
    assert said["grown"] <= MOST_MEGABYTES, said
