"""What goes wrong is said in words: no driver, no file, no login, no rights, no connection; and never the password."""

import gc
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from adapters.protocols import AdapterError, CredentialsError, UnreachableError
from adapters.secret import Secret
from adapters.sources import UnreadableError
from adapters.sources.sql import SqlSource, paging
from adapters.sources.sql.address import Address
from tests.sources.reading import finish, read_all
from tests.sources.sql.shop import schema, source

PASSWORD = "s3cret/pass word"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no url at all", "This is no address of a database"),
        ("mysql://u:s3cret@db.example/crm", "driver PyMySQL: pip install pymysql"),
        ("mssql://u:s3cret@db.example/crm?driver=x", "pyodbc and Microsoft's ODBC driver: pip install pyodbc"),
        ("oracle://u:s3cret@db.example/crm", "pip install oracledb"),
        ("access+pyodbc://s3cret@x/y", "pip install sqlalchemy-access"),
        ("nothing://u:s3cret@db.example/crm", "a SQLAlchemy dialect for 'nothing'"),
        ("sqlite:////nowhere/x.db", "no such SQLite file"),
        ("sqlite://", "no such SQLite file"),
    ],
)
def test_what_cannot_be_opened(url: str, said: str) -> None:
    """Each says what is missing and what to do; none shows the password."""
    with pytest.raises(UnreadableError) as error:
        finish(SqlSource(Secret(url)).schema())
    assert said in str(error.value)
    assert "s3cret" not in str(error.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is said so."""
    (tmp_path / "x.db").write_text("id,name\n" * 500)
    with pytest.raises(UnreadableError, match="file is not a database"):
        schema(f"sqlite:///{tmp_path / 'x.db'}")
    (tmp_path / "empty.db").touch()
    with pytest.raises(UnreadableError, match="holds no table or view"):
        schema(f"sqlite:///{tmp_path / 'empty.db'}")


def role(database: str, name: str) -> str:
    """The address of the database for a login of that name, which has no rights yet."""
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP ROLE IF EXISTS {name}"))
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'"))
    engine.dispose()
    return sa.make_url(database).set(username=name, password=PASSWORD).render_as_string(hide_password=False)


def test_a_login_that_is_refused(database: str) -> None:
    """Credentials are named as the cause, and are not shown."""
    url = sa.make_url(database).set(username="nobody_here", password=PASSWORD).render_as_string(hide_password=False)
    with pytest.raises(CredentialsError, match="refuses the login") as error:
        schema(url)
    probed = finish(source(url).probe())
    assert not probed.usable
    for text in (str(error.value), repr(probed), repr(error.getrepr())):
        assert PASSWORD not in text
        assert "s3cret%2Fpass" not in text


@pytest.mark.promise("F-024")
def test_a_table_without_rights(database: str) -> None:
    """It is left out with a finding that names the right; the others are read."""
    url = role(database, "reader_of_one")
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE open_one (id int PRIMARY KEY)"))
        connection.execute(sa.text("CREATE TABLE closed_one (id int PRIMARY KEY)"))
        connection.execute(sa.text("GRANT SELECT ON open_one TO reader_of_one"))
    said = schema(url)
    assert [o.name for o in said.objects] == ["open_one"]
    (finding,) = said.findings
    assert (finding.code, finding.object) == ("no-rights", "closed_one")
    assert "grant SELECT on it" in finding.detail
    steps = {s.object: s.serves for s in finish(source(url).probe()).steps if s.object}
    assert steps == {"open_one": True, "closed_one": False}
    with engine.begin() as connection:
        connection.execute(sa.text("REVOKE SELECT ON open_one FROM reader_of_one"))
    with pytest.raises(UnreadableError, match="none of its tables can be read"):
        schema(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP OWNED BY reader_of_one"))
        connection.execute(sa.text("DROP ROLE reader_of_one"))
    engine.dispose()


def cut(one: SqlSource, database: str) -> None:
    """Let the next statement of the source find its connection closed by the server."""
    engine: Any = one._database.engine

    def closed(connection: Any, *_rest: Any) -> None:
        pid = connection.connection.dbapi_connection.info.backend_pid
        other = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
        with other.connect() as master:
            master.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        other.dispose()
        event.remove(engine, "before_cursor_execute", closed)

    event.listen(engine, "before_cursor_execute", closed)


@pytest.mark.promise("F-028")
@pytest.mark.parametrize("key", [" PRIMARY KEY", ""])
def test_a_connection_that_is_lost(monkeypatch: Any, database: str, key: str) -> None:
    """Between two pages it is an error that says to run again, and going on from the last cursor gives the rest."""
    monkeypatch.setattr(paging, "PAGE_RECORDS", 10)
    monkeypatch.setattr(paging, "_BUFFERED_ROWS", 1)
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE t (id int{key}, x text)"))
        connection.execute(sa.text("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 5000) AS n"))
    engine.dispose()
    one = source(database)
    first = finish(one.read("t", None, None))
    if key:
        cut(one, database)
    else:
        one._readers["t"]._open.connection.connection.dbapi_connection.close()  # type: ignore[union-attr]
    with pytest.raises(UnreachableError, match=r"cannot be reached \(reading t\).*run again"):
        finish(one.read("t", None, first.next))
    rest = finish(one.read("t", None, first.next))
    assert len({r.values["id"] for r in (*first.records, *rest.records)}) == 20
    one.close()
    gc.collect()


def test_a_server_that_is_not_there() -> None:
    """Nobody listens: it cannot be reached, and that is all."""
    with pytest.raises(UnreachableError, match="cannot be reached") as error:
        schema(f"postgresql://u:{PASSWORD.replace('/', '%2F')}@127.0.0.1:1/x")
    assert PASSWORD not in str(error.value)


def test_words_without_secrets() -> None:
    """Whatever a driver says, the password is not in it, however it is written; nor is one inside an ODBC string."""
    address = Address(Secret("mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BUID%3Du%3BPWD%3Dhid%2Fden"))
    assert address.words(ValueError("no: hid/den, hid%2Fden")) == "no: ***, ***"
    assert "hid" not in address.shown
    assert "hid" not in repr(address.error(sa.exc.SQLAlchemyError("PWD=hid/den"), "trying"))
    plain = Address(Secret("mssql://u:p%40ss@db.example/crm"))
    assert plain.url.query == {"ApplicationIntent": "ReadOnly"}
    assert plain.words(ValueError("p@ss p%40ss")) == "*** ***"
    assert isinstance(plain.error(sa.exc.SQLAlchemyError("Login failed for user"), "trying"), CredentialsError)


def test_rows_that_fail_while_they_are_read(tmp_path: Path) -> None:
    """A view that breaks at its second row is left out when it is described, and an error in words when it is read."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY, j TEXT)"))
        connection.execute(sa.text("INSERT INTO t VALUES (1, '{}'), (2, 'no json')"))
        connection.execute(sa.text("CREATE VIEW v AS SELECT json_extract(j, '$.a') AS a FROM t"))
        connection.execute(sa.text("CREATE VIEW gone AS SELECT * FROM nowhere"))
    engine.dispose()
    said = schema(url)
    assert [o.name for o in said.objects] == ["t"]
    assert {f.object for f in said.findings if f.code == "table-left-out"} == {"v", "gone"}
    with pytest.raises(AdapterError, match="malformed JSON"):
        read_all(source(url), "v")
