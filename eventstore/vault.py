"""Personal data is sealed under a key of its subject; destroying the key erases the person and leaves the log whole.

AES-SIV is deterministic: an append that is repeated has the same bytes, and so the same digests. Each seal is bound to
its migration, event id, subject and kind. A key is committed, in a transaction of its own, before the first event that
it seals. Keys live and are backed up apart from the log: an erasure is complete when the vault's backups have expired.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import blake2b
from itertools import islice
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Engine, inspect, select, text

from eventstore import codec
from eventstore.codec import Event, Recorded
from eventstore.errors import ErasedSubject, KeysMissing, SealBroken
from eventstore.store import writing
from eventstore.tables import keys

KEY_BYTES = 64
"""AES-SIV with 256-bit keys, one for the tag and one for the text (RFC 5297)."""

_BATCH = 500  # subjects looked up in one statement
_PEPPER = "pepper"  # no subject is called so: each has a slash, or is empty

_insert = text(
    "INSERT INTO vault.keys (migration, subject, key, created) VALUES (:migration, :subject, :key, :created) "
    "ON CONFLICT DO NOTHING"
)
_destroy = text(
    "INSERT INTO vault.keys (migration, subject, key, created) VALUES (:migration, :subject, NULL, NULL) "
    "ON CONFLICT (migration, subject) DO UPDATE SET key = NULL"
)


def subject(event: Event | Recorded) -> str:
    """The name under which the vault keeps an event's key: `object/key`, or empty for the key of the whole log."""
    return "" if event.object is None or event.key is None else _subject(event.object, event.key)


def _subject(object: str, key: str) -> str:
    # a slash in the object's name would let two subjects share one key
    return f"{object.replace('%', '%25').replace('/', '%2F')}/{key}"


class Vault:
    """The keys of one migration, in the schema `vault`. Nothing is cached: a key destroyed elsewhere is gone here, too.

    `entropy` gives that many random bytes, fit for keys.
    """

    def __init__(self, engine: Engine, migration: str, entropy: Callable[[int], bytes]) -> None:
        if not inspect(engine).has_table("keys", schema="vault"):
            raise KeysMissing(
                "the store has no vault.keys: restore the vault (cutover.keys, or the schema vault) from its backup"
            )
        self._engine = engine
        self._migration = migration
        self._entropy = entropy
        self._pepper = b""

    def __repr__(self) -> str:
        return f"Vault({self._migration!r})"

    def seal(self, events: Sequence[Event]) -> list[str | None]:
        """The sealed parts of events, in base64; None where there is nothing to seal, or the subject is erased.

        Keys that are missing are made, and committed before this returns.
        """
        first: dict[str, int] = {}
        for event in events:
            if event.sealed:
                first.setdefault(subject(event), event.at)
        ciphers = {name: AESSIV(key) for name, key in self._ensure(first).items() if key is not None}
        return [self._seal(event, ciphers) for event in events]

    def _seal(self, event: Event, ciphers: dict[str, AESSIV]) -> str | None:
        name = subject(event)
        if not event.sealed or name not in ciphers:
            return None
        data = self._bound_to(event, name)
        return b64encode(ciphers[name].encrypt(codec.encode_sealed(event), data)).decode()

    def open(self, events: Iterable[Recorded]) -> Iterator[dict[str, Any] | None]:
        """The whole bodies of recorded events, in their order; None where the key has been destroyed.

        Raises `KeysMissing` where a key was never in this vault and `SealBroken` where it does not fit.
        """
        rest = iter(events)
        while batch := list(islice(rest, _BATCH)):
            names = {subject(event) for event in batch if '"sealed":' in event.body}
            found = self._find(names) if names else {}
            ciphers = {name: AESSIV(key) if key else None for name, key in found.items()}
            for event in batch:
                yield self._open(event, ciphers)

    def _open(self, event: Recorded, ciphers: dict[str, AESSIV | None]) -> dict[str, Any] | None:
        members = codec.decode(event)
        sealed = members.pop("sealed", None)
        if sealed is None:
            return codec.newest(event, members)
        name = subject(event)
        where = f"event {event.position} ({event.kind}, subject {name or 'none'})"
        if name not in ciphers:
            raise KeysMissing(
                f"{where} is sealed, and the vault has no key for it: restore the vault from a later backup"
            )
        cipher = ciphers[name]
        if cipher is None:
            return None
        try:
            personal = cipher.decrypt(b64decode(sealed), self._bound_to(event, name))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"{where} does not open: this is not the vault that sealed it, or its bytes were changed; run verify"
            ) from error
        return codec.newest(event, members | codec.decode_sealed(personal))

    def _bound_to(self, event: Event | Recorded, name: str) -> list[bytes]:
        return [self._migration.encode(), event.id.encode(), name.encode(), event.kind.encode()]

    def hash(self, value: bytes | str) -> str:
        """A fingerprint of a personal value, 64 hex digits.

        It is keyed with the migration's own pepper, so that nobody finds the value by trying names.
        """
        if not self._pepper:
            self._pepper = self._ensure({_PEPPER: None})[_PEPPER] or b""
        data = value.encode() if isinstance(value, str) else value
        return blake2b(data, key=self._pepper, digest_size=32).hexdigest()

    def destroy(self, object: str, key: str) -> bool:
        """Erases a subject: destroys its key for good. Whether there was one; without, it is barred all the same."""
        name = _subject(object, key)
        found = self._find({name}).get(name) is not None
        self._bar(name)
        self._scrub()
        return found

    def erased(self, object: str, key: str) -> bool:
        """Whether the key of a subject has been destroyed."""
        name = _subject(object, key)
        return self._find({name}).get(name, b"") is None

    def _scrub(self) -> None:
        """Rids the database's own files of the bytes of destroyed keys, as far as the database can."""
        if self._engine.dialect.name == "postgresql":
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM vault.keys")
            return
        with closing(self._engine.raw_connection()) as driver:  # a checkpoint cannot run inside a transaction
            driver.cursor().execute("PRAGMA vault.wal_checkpoint(TRUNCATE)")

    def _find(self, names: Iterable[str]) -> dict[str, bytes | None]:
        """The keys of the subjects that the vault knows, None for a destroyed one."""
        found: dict[str, bytes | None] = {}
        rest = iter(sorted(names))
        with self._engine.connect() as connection:
            while batch := list(islice(rest, _BATCH)):
                query = select(keys.c.subject, keys.c.key)
                query = query.where(keys.c.migration == self._migration, keys.c.subject.in_(batch))
                found.update((name, key) for name, key in connection.execute(query))
        return found

    def _ensure(self, first: Mapping[str, int | None]) -> dict[str, bytes | None]:
        """The keys of subjects, made and committed where there was none; the first of two makers wins."""
        if not first:
            return {}
        found = self._find(first)
        missing = sorted(first.keys() - found.keys())  # in one order everywhere: two makers must not deadlock
        if missing:
            rows = [
                {"migration": self._migration, "subject": name, "key": self._entropy(KEY_BYTES), "created": first[name]}
                for name in missing
            ]
            self._keep(rows)
            found |= self._find(missing)
        return found

    def _keep(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Commits keys; a subject's key that is there stays."""
        with writing(self._engine) as connection:
            connection.execute(_insert, [*rows])

    def _bar(self, name: str) -> None:
        """Commits that a subject has no key any more."""
        with writing(self._engine) as connection:
            connection.execute(_destroy, {"migration": self._migration, "subject": name})


def refuse(event: Event) -> ErasedSubject:
    """The error for a new personal part about an erased subject."""
    return ErasedSubject(
        f"event {event.id!r} ({event.kind}) has a personal part, and its subject {subject(event)} has been erased: "
        "record it without the personal part, or under another subject"
    )
