"""Changes: what is wanted less what is written. Pure, given the links and what was written last."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from adapters.protocols import Fields, Schema
from engine.binding import Binder, Bound, encoded
from engine.view import Linked, Part
from engine.want import Want


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One write to come: create with all `fields`, update with those that differ, delete.

    `whole` is everything of ours that the record has afterwards, `whole_hash` its keyed hash, `refs` the links that it
    was bound with. `missing`: what must be written before this can be. `partial`: more of the same record is to come.
    `goal`: the change that this is one step of. `read`: the record as it was read right before. `base`: what the
    destination answered to the step before. `alone`: of the answer only the fields that are written count as ours; in
    the others a person's edit stays one.
    """

    action: Literal["create", "update", "delete"]
    part: Part
    id: str = ""
    fields: Fields = {}
    whole: Fields = {}
    whole_hash: str = ""
    refs: dict[str, str] = {}
    missing: tuple[Part, ...] = ()
    cause: int = 0
    link: Linked | None = None
    partial: bool = False
    goal: "Change | None" = None
    base: Fields = {}
    read: Fields = {}
    alone: bool = False


class Differ:
    """Tells what a want changes.

    Args:
        links: live links of the account.
        schema: the account as described.
        written: what we wrote last for a link (the whole of it), from the log.
        hash: a keyed hash.
    """

    def __init__(
        self,
        links: Mapping[Part, Linked],
        schema: Schema,
        written: Callable[[Linked], Fields],
        hash: Callable[[bytes], str],
    ) -> None:
        self.links = links
        self.binder = Binder(links, schema)
        self.written = written
        self.hash = hash

    def change(self, want: Want) -> Change | None:
        """The write that a want asks for; None when the record is as wanted."""
        bound = self.binder.bind(want.fields)
        digest = self.digest(bound)
        link = self.links.get(want.part)
        if link is None:
            return self._made("create", want, bound, digest, bound.fields, None)
        if link.whole_hash == digest and not bound.missing:
            return None
        before = self.written(link)
        fields = {k: v for k, v in bound.fields.items() if before.get(k) != v}
        fields |= {k: None for k in before if k not in bound.fields and not bound.missing}
        return self._made("update", want, bound, digest, fields, link) if fields or bound.missing else None

    def delete(self, part: Part, link: Linked) -> Change:
        """The write that removes a record that is no longer wanted."""
        return Change(action="delete", part=part, id=link.id, link=link)

    def digest(self, bound: Bound) -> str:
        """The keyed hash of bound fields."""
        return self.hash(encoded(bound.fields))

    def _made(
        self,
        action: Literal["create", "update"],
        want: Want,
        bound: Bound,
        digest: str,
        fields: Fields,
        link: Linked | None,
    ) -> Change:
        return Change(
            action=action,
            part=want.part,
            id=link.id if link else "",
            fields=fields,
            whole=bound.fields,
            whole_hash=digest,
            refs=bound.refs,
            missing=bound.missing,
            cause=want.cause,
            link=link,
        )


def option_changes(wants: Iterable[Want], differ: Differ) -> list[Change]:
    """The writes that add labels to pick-lists which exist: fields of ours, and the account's own lists."""
    changes = []
    for part, labels in missing_options(wants, differ.binder).items():
        entity, _, field = part.key.partition("/")
        link = differ.links.get(Part("field", *part[1:]))
        code = link.id.rpartition("/")[2] if link else field
        fields: Fields = {"entity": entity, "field": code, "labels": labels}
        changes.append(Change(action="create", part=part._replace(entity="options"), fields=fields))
    return changes


def missing_options(wants: Iterable[Want], binder: Binder) -> dict[Part, list[str]]:
    """Labels that a pick-list lacks, by the want's part: those of new fields that exist, and of the account's own."""
    found: dict[Part, list[str]] = {}
    for want in wants:
        entity, field = want.fields["entity"], want.fields.get("field") or want.fields.get("label")
        labels = want.fields.get("labels") or want.fields.get("options") or []
        symbols = {"$options": [entity, field, list(labels)]}
        lacking = binder.bind({"x": symbols}).missing
        if lacking:
            prefix = f"{entity}/{field}/"
            found[want.part] = [p.key.removeprefix(prefix) for p in lacking]
    return found
