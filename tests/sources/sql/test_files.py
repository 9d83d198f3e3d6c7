"""Files in a database: named by their row, streamed, and missed in words."""

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.protocols import Attachments
from tests.sources.reading import read_all
from tests.sources.sql.shop import COMPANIES, PHOTO, by_id, source


@pytest.mark.promise("F-034")
def test_a_file(shop: str) -> None:
    """A record names it; its bytes come whole, in pieces; an empty one is a file, too."""
    one = source(shop)
    assert isinstance(one, Attachments)
    records = by_id(shop, "Companies")
    assert records["C-1"].values["Logo"] == "Companies/Logo/C-1"
    assert records["c/3"].values["Logo"] == ""
    with one.open("Companies/Logo/C-1") as file:
        assert file.read(10) == PHOTO[:10]
        assert hashlib.sha256(PHOTO[:10] + file.read()).digest() == hashlib.sha256(PHOTO).digest()
    with one.open(records["C-2"].values["Logo"]) as file:
        assert file.read() == b""


def test_files_of_all_keys(shop: str) -> None:
    """Every reference that a record gives can be opened, by a new source: several columns, odd signs."""
    for record in read_all(source(shop), "order lines"):
        if record.values["photo"]:
            with source(shop).open(record.values["photo"]) as file:
                assert file.read() == {"1|a%7Cb": b"one", "2|50%25": b"two"}[record.id]


def test_a_key_with_a_slash(shop: str, engine: sa.Engine) -> None:
    """The parts of a reference are told apart."""
    with engine.begin() as connection:
        connection.execute(COMPANIES.update().where(COMPANIES.c.CompanyID == "c/3").values(Logo=b"three"))
    reference = by_id(shop, "Companies")["c/3"].values["Logo"]
    assert reference == "Companies/Logo/c%2F3"
    with source(shop).open(reference) as file:
        assert file.read() == b"three"


@pytest.mark.promise("F-034")
@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("Companies/Logo/nobody", "no row nobody"),
        ("Companies/Logo/c%2F3", "no file in it"),
        ("Companies/owner_id/C-1", "no files in Companies, column owner_id"),
        ("log/proof/1", "no files in log"),
        ("nothing/x/1", "no files in nothing"),
        ("order lines/photo/1", "no row '1'"),
        ("order lines/photo/x|y", r"no row 'x\|y'"),
        ("../../etc/passwd", "names no file"),
        ("Companies/Logo/' OR 1=1 --", "no row ' OR 1=1 --"),
    ],
)
def test_a_file_that_is_not_there(shop: str, reference: str, said: str) -> None:
    """It is missed in words, whatever the reference says."""
    with pytest.raises(FileNotFoundError, match=said):
        source(shop).open(reference)


def test_text_in_a_file_column_and_tables_without_row_numbers(tmp_path: Path) -> None:
    """SQLite keeps texts in such columns, too; a table WITHOUT ROWID is read by substr."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table in ("a", "b"):
            tail = " WITHOUT ROWID" if table == "b" else ""
            connection.execute(sa.text(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY NOT NULL, f BLOB){tail}"))
            connection.execute(sa.text(f"INSERT INTO {table} VALUES (1, 'Grüße')"))
            connection.execute(sa.text(f"INSERT INTO {table} VALUES (2, zeroblob(3000000))"))
    engine.dispose()
    for table in ("a", "b"):
        with source(url).open(f"{table}/f/1") as file:
            assert file.read() == "Grüße".encode()
        with source(url).open(f"{table}/f/2") as file:
            assert file.read() == bytes(3_000_000)
