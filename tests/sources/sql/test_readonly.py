"""Nothing can be written: not by a statement, not by a view or a function with a side effect, not past the guard."""

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.secret import Secret
from adapters.sources import UnreadableError
from adapters.sources.sql.address import Address
from adapters.sources.sql.readonly import Database, refuse_writes
from tests.sources.reading import finish, read_all
from tests.sources.sql.shop import schema, source

WRITES = (
    "DELETE FROM users",
    "  -- a word\n/* and another */ INSERT INTO users VALUES (9, 'x', 'x')",
    "UPDATE users SET email = ''",
    "SELECT * INTO copy FROM users",
    "SELECT 1; DROP TABLE users",
    "WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone",
    "SELECT * FROM users FOR UPDATE",
    "EXEC sp_rename 'a', 'b'",
    "CALL anything()",
    "EXPLAIN ANALYZE DELETE FROM users",
    "PRAGMA query_only = OFF",
    "PRAGMA journal_mode(DELETE)",
    "ATTACH 'x.db' AS x",
    "SET TRANSACTION READ WRITE",
    "COPY users TO '/tmp/x'",
    "VACUUM",
)


@pytest.mark.promise("F-025")
@pytest.mark.parametrize("statement", WRITES)
def test_a_statement_that_writes_is_not_sent(shop: str, statement: str) -> None:
    """Whatever asks for it: the connection refuses before the driver sees it."""
    database = Database(Address(Secret(shop)))
    with pytest.raises(UnreadableError, match="A source is only read"), database.reading("trying") as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "(SELECT 1)",
        'SELECT "update", [delete], `insert` FROM "drop table" WHERE x = \'set; into\' -- exec',
        "WITH a AS (SELECT 1) SELECT * FROM a;",
        "SELECT t.update, t.last_update, replace(a, 'b', 'c') FROM t",
        "SHOW CREATE TABLE `users`",
        'PRAGMA main.table_xinfo("users")',
    ],
)
def test_a_statement_that_reads_is_sent(statement: str) -> None:
    """Names and texts that only look like writes are none."""
    refuse_writes(statement)


@pytest.mark.promise("F-025")
def test_the_database_itself_refuses(shop: str) -> None:
    """Past the guard, on the driver's own cursor, the file or the transaction cannot be written to."""
    database = Database(Address(Secret(shop)))
    with database.reading("trying") as connection:
        cursor = connection.connection.cursor()
        with pytest.raises(Exception, match=r"readonly database|read-only transaction"):
            cursor.execute("DELETE FROM users")
        cursor.close()
    assert len(read_all(source(shop), "users")) == 2


@pytest.mark.promise("F-025")
def test_a_view_with_a_side_effect(database: str) -> None:
    """A view that writes when it is read cannot: it is left out and said so, and what it would write is not there."""
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE spy (at timestamptz)",
            "CREATE SEQUENCE visits",
            """CREATE FUNCTION peek() RETURNS int LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO spy VALUES (now()); RETURN 1; END $$""",
            "CREATE VIEW innocent AS SELECT peek() AS x",
            "CREATE VIEW counted AS SELECT nextval('visits') AS x",
            "CREATE VIEW opening AS SELECT set_config('transaction_read_only', 'off', false) AS x, peek() AS y",
            "CREATE TABLE good (id int PRIMARY KEY)",
        ):
            connection.execute(sa.text(statement))
    said = schema(database)
    assert {o.name for o in said.objects} == {"good", "spy"}
    left_out = {f.object: f.detail for f in said.findings if f.code == "table-left-out"}
    assert left_out.keys() == {"innocent", "counted", "opening"}
    assert "read-only transaction" in left_out["innocent"]
    probed = finish(source(database).probe())
    assert {s.object for s in probed.steps if s.object and s.serves} >= {"good", "spy"}
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM spy")).scalar() == 0
        assert connection.execute(sa.text("SELECT is_called FROM visits")).scalar() is False
    engine.dispose()


@pytest.mark.promise("F-025")
def test_a_file_is_the_same_after(tmp_path: Path) -> None:
    """Describing, reading and probing a SQLite file changes no byte of it, and it may be one that nobody can write."""
    path = tmp_path / "kept.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)"))
        connection.execute(sa.text("INSERT INTO t VALUES (1, 'a')"))
    engine.dispose()
    path.chmod(0o444)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    one = source(f"sqlite:///{path}")
    finish(one.schema())
    finish(one.probe())
    assert len(read_all(one, "t")) == 1
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept.db"]
