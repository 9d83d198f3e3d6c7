"""The parts of a source: what each way to read it gives of it, and the whole that they make together."""

from collections.abc import Sequence

import msgspec

from adapters.protocols import Schema, Source
from engine.asking import NoWire, Wire


class Part(msgspec.Struct, frozen=True):
    """What one way gives: its source, its network (None: it has none), and the schema of the objects read by it."""

    source: Source
    wire: Wire | None
    schema: Schema


def look(ways: Sequence[tuple[Source, Wire | None]]) -> tuple[Schema, list[Part]]:
    """Ask every way for its schema; the whole, and each way's part of it: an object belongs to the first that gives it.

    The whole is named by a fingerprint only where every part is: a live source may always have changed.
    """
    parts: list[Part] = []
    taken: set[str] = set()
    for source, wire in ways:
        schema = (wire or NoWire()).one(source.schema())
        mine = tuple(o for o in schema.objects if o.name not in taken and (o.fields or len(ways) == 1))
        if mine:
            taken |= {o.name for o in mine}
            parts.append(Part(source, wire, msgspec.structs.replace(schema, objects=mine)))
    return _whole([part.schema for part in parts]), parts


def _whole(schemas: Sequence[Schema]) -> Schema:
    first = schemas[0]
    if len(schemas) == 1:
        return first
    users = {user.id: user for schema in reversed(schemas) for user in schema.users}
    account = {key: value for schema in reversed(schemas) for key, value in schema.account.items()}
    named = all(schema.fingerprint for schema in schemas)
    return msgspec.structs.replace(
        first,
        objects=tuple(o for schema in schemas for o in schema.objects),
        users=tuple(users.values()),
        account=account,
        findings=tuple(f for schema in schemas for f in schema.findings),
        lacks=tuple(lack for schema in schemas for lack in schema.lacks),
        fingerprint="+".join(schema.fingerprint for schema in schemas) if named else "",
    )
