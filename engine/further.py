"""What a record becomes besides: a note that hangs on one record only is written once more for each further one."""

from typing import NamedTuple

import msgspec

from adapters.protocols import Field, Fields, Json, ObjectSchema, Schema
from engine.want import Want

Place = tuple[str, ...]
"""A record at the destination by what it stands for: entity, object, key."""


class FurtherLink(NamedTuple):
    """A link that had no room: the field that was taken, the field that it needs, and what it names."""

    taken: str
    key: str
    ref: Json


def taken_by(schema: ObjectSchema, field: Field, fields: Fields) -> str:
    """The field in whose way a link stands: its own, or an alternative of it. Empty where there is room."""
    rivals = [f.key for f in schema.fields if f.alternative and f.alternative == field.alternative]
    return next((key for key in (field.key, *rivals) if key in fields), "")


def further_of(want: Want, link: FurtherLink, destination: Schema) -> Want:
    """The same record once more, with the further link in the place of the one that it has."""
    schema = destination.object(want.part.entity)
    fields = {key: value for key, value in want.fields.items() if key != link.taken}
    if schema is not None and schema.field(link.key) is not None:
        fields[link.key] = link.ref
    part = want.part._replace(part="at " + "/".join(link.ref["$ref"][1:]))
    return msgspec.structs.replace(want, part=part, fields=fields)
