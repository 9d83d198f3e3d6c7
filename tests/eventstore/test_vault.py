"""Sealed personal data, and its erasure."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from eventstore.errors import ErasedSubject, KeysMissing, SealBroken
from eventstore.log import Log
from eventstore.store import migrate, open_engine, writing
from eventstore.tables import keys
from tests.eventstore.conftest import make

ANN = make("ann", body={"stage": "won"}, sealed={"name": "Ann Zimmermann"}, object="contact", key="17")


def test_a_sealed_part_opens(log: Log) -> None:
    """The log gives back the whole body; the stored text has the open part alone in clear."""
    [recorded] = log.append([ANN])
    assert log.open(recorded) == {"stage": "won", "name": "Ann Zimmermann"}
    assert recorded.data() == {"stage": "won"}
    assert "Zimmermann" not in recorded.body


def test_open_of_an_event_with_nothing_sealed(log: Log) -> None:
    """An event without a personal part opens as its open part."""
    [recorded] = log.append([make("a", body={"x": 1})])
    assert log.open(recorded) == {"x": 1}


def test_an_event_without_subject_is_sealed_under_the_log(log: Log) -> None:
    """A personal part without a subject opens, and outlives every subject's erasure."""
    [recorded] = log.append([make("a", sealed={"by": "Ann"})])
    log.vault.destroy("contact", "17")
    assert log.open(recorded) == {"by": "Ann"}


@pytest.mark.promise("F-168")
def test_the_name_is_not_in_the_files(tmp_path: Path) -> None:
    """A person's name that was sealed stands in no file of the store."""
    engine = open_engine(f"sqlite:///{tmp_path / 'cutover.db'}")
    migrate(engine)
    Log(engine, "acme").append([ANN])
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {"cutover.db", "cutover.keys"} <= {path.name for path in files}
    assert not any(b"Zimmermann" in path.read_bytes() for path in files)
    engine.dispose()


def test_erasure_leaves_the_log_whole(log: Log) -> None:
    """Destroying a key makes the person unreadable for good, and no digest changes."""
    bob = make("bob", sealed={"name": "Bob"}, object="contact", key="18")
    first, second = log.append([ANN, bob])
    digest = log.head().digest
    assert not log.vault.erased("contact", "17")
    assert log.vault.destroy("contact", "17")
    assert log.vault.erased("contact", "17")
    assert log.open(first) is None
    assert log.open(second) == {"name": "Bob"}
    assert first.data() == {"stage": "won"}
    assert log.verify().ok
    assert digest == log.head().digest


def test_the_key_is_gone_from_the_files(tmp_path: Path) -> None:
    """After an erasure the bytes of the key stand in no file of the vault."""
    engine = open_engine(f"sqlite:///{tmp_path / 'cutover.db'}")
    migrate(engine)
    log = Log(engine, "acme")
    log.append([ANN])
    with engine.connect() as connection:
        [key] = connection.execute(select(keys.c.key).where(keys.c.subject == "contact/17")).scalars()
    assert any(key in path.read_bytes() for path in tmp_path.glob("cutover.keys*"))
    log.vault.destroy("contact", "17")
    assert not any(key in path.read_bytes() for path in tmp_path.iterdir())
    engine.dispose()


def test_an_erased_subject_stays_erased(log: Log) -> None:
    """Nothing personal is recorded about an erased subject again; open events about it are."""
    log.vault.destroy("contact", "17")
    with pytest.raises(ErasedSubject, match="contact/17 has been erased") as error:
        log.append([make("open"), ANN])
    assert "Zimmermann" not in str(error.value)
    assert log.head().position == 0
    log.append([make("tombstone", object="contact", key="17")])


def test_destroying_what_was_never_there(log: Log) -> None:
    """An erasure says whether there was a key, and bars the subject in any case; twice is once."""
    assert not log.vault.destroy("contact", "99")
    assert log.vault.erased("contact", "99")
    log.append([ANN])
    assert log.vault.destroy("contact", "17")
    assert not log.vault.destroy("contact", "17")


def test_an_append_can_be_repeated_after_an_erasure(log: Log) -> None:
    """A repeated append is a no-op also when its subject has been erased in between."""
    recorded = log.append([ANN, make("b")])
    log.vault.destroy("contact", "17")
    assert recorded == log.append([ANN, make("b")])


def test_subjects_do_not_share_keys(log: Log) -> None:
    """Slashes in names do not let two subjects have one key."""
    one = make("one", sealed={"n": 1}, object="a/b", key="c")
    two = make("two", sealed={"n": 2}, object="a", key="b/c")
    first, second = log.append([one, two])
    log.vault.destroy("a/b", "c")
    assert log.open(first) is None
    assert log.open(second) == {"n": 2}


def test_a_seal_is_bound_to_its_event(log: Log) -> None:
    """A sealed part moved to another event of the same subject does not open."""
    first, second = log.append([ANN, make("other", "Edited", sealed={"name": "B"}, object="contact", key="17")])
    moved = type(second)(**{name: getattr(second, name) for name in second.__struct_fields__} | {"body": first.body})
    with pytest.raises(SealBroken, match="event 2"):
        log.open(moved)


def test_a_wrong_key_is_an_error(engine: Engine, log: Log) -> None:
    """A vault that holds another key for a subject is told from an erasure."""
    [recorded] = log.append([ANN])
    with writing(engine) as connection:
        connection.execute(update(keys).where(keys.c.subject == "contact/17").values(key=bytes(64)))
    with pytest.raises(SealBroken, match="not the vault that sealed it"):
        log.open(recorded)


def test_a_missing_key_is_an_error(engine: Engine, log: Log) -> None:
    """A vault that was restored without a subject's key is told from an erasure."""
    [recorded] = log.append([ANN])
    with writing(engine) as connection:
        connection.execute(delete(keys))
    with pytest.raises(KeysMissing, match="restore the vault"):
        log.open(recorded)


def test_fingerprints_are_keyed(engine: Engine, log: Log) -> None:
    """A fingerprint is the same every time in one migration, for text and its bytes, and differs in another one."""
    again = Log(engine, "acme").vault.hash("ann@example.com")
    assert again == log.vault.hash("ann@example.com") == log.vault.hash(b"ann@example.com")
    assert len(again) == 64
    assert again != Log(engine, "other").vault.hash("ann@example.com")
    assert again != log.vault.hash("bob@example.com")


def test_many_subjects_at_once(log: Log) -> None:
    """A batch with more subjects than one statement takes is sealed and opened whole."""
    log.append([make(f"e{n}", sealed={"n": n}, object="contact", key=f"{n}") for n in range(1203)])
    assert [{"n": n} for n in range(1203)] == list(log.open_many(log.read()))


def test_the_same_entropy_gives_the_same_log(tmp_path: Path) -> None:
    """With the randomness given, two stores that were written alike have the same digests: the simulator needs it."""
    digests = []
    for name in ("one", "two"):
        engine = open_engine(f"sqlite:///{tmp_path / name}.db")
        migrate(engine)
        log = Log(engine, "acme", entropy=lambda size: b"k" * size)
        log.append([ANN])
        digests.append(log.head().digest)
        engine.dispose()
    assert digests[0] == digests[1]


def test_the_keys_are_the_owners_alone(tmp_path: Path) -> None:
    """The file of the keys can be read by its owner alone, and so can its write-ahead log."""
    engine = open_engine(f"sqlite:///{tmp_path / 'cutover.db'}")
    migrate(engine)
    Log(engine, "acme").append([ANN])
    modes = [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("cutover.keys*")]
    assert modes
    assert {0o600} == set(modes)
    engine.dispose()


def test_lost_keys_are_an_error_and_not_made_anew(tmp_path: Path) -> None:
    """A log whose keys file is gone does not open, and no empty one takes its place."""
    url = f"sqlite:///{tmp_path / 'cutover.db'}"
    engine = open_engine(url)
    migrate(engine)
    Log(engine, "acme").append([ANN])
    engine.dispose()
    for path in tmp_path.glob("cutover.keys*"):
        path.unlink()
    engine = open_engine(url)
    with pytest.raises(KeysMissing, match=r"cutover\.keys is missing"):
        Log(engine, "acme")
    assert not (tmp_path / "cutover.keys").exists()
    engine.dispose()


def test_an_emptied_vault_is_an_error(engine: Engine, log: Log) -> None:
    """A vault that was replaced by an empty one is missed when the log is opened."""
    log.append([ANN])
    keys.drop(engine)
    with pytest.raises(KeysMissing, match=r"no vault\.keys"):
        Log(engine, "acme")


def test_no_key_shows_in_a_repr(log: Log) -> None:
    """Neither a log nor its vault shows more than its name."""
    log.append([ANN])
    assert (repr(log), repr(log.vault)) == ("Log('acme')", "Vault('acme')")
