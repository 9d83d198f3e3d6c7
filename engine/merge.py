"""Merging an update with what people did meanwhile: three sides, field by field.

Base is what the server made of our last write, ours is what we want now, theirs is what the destination holds. Where
theirs is still base, ours goes; where a person changed it, the policy decides: "source", "destination" or "review".
The present values of the fields that are written are the before-image by which the update can be taken back; the fields
that travel along with them are in it too, so that the update need not read the record again.
"""

from collections.abc import Callable, Sequence

import msgspec

from adapters.protocols import Fields, Schema
from engine.account import Account
from engine.changes import Change
from engine.computed import Computed
from engine.findings import Draft
from engine.journal import Journal
from engine.want import Verdict
from engine.written import base, unseen, whole as written

KINDS = frozenset({"conflict", "deleted-there"})
"""Kinds of the questions that merging asks."""


class Merged(msgspec.Struct, kw_only=True):
    """Updates to send, with their before-images; questions for the rest; what stays by decision, and why."""

    updates: list[Change] = []
    befores: dict[int, Fields] = {}
    held: list[tuple[Change, Draft]] = []
    kept: list[tuple[Change, Verdict]] = []


class Merger:
    """Merges updates of one account.

    Args:
        schema: the account as described.
        answers: what people decided, by review id.
        policy: "source", "destination" or "review", for fields that people changed.
        token: a keyed hash.

    `computed`: what the server works out by itself; its change is nobody's edit. Set as the links grow.
    """

    def __init__(
        self,
        journal: Journal,
        account: Account,
        schema: Schema,
        answers: dict[str, str],
        policy: str,
        token: Callable[[str], str],
    ) -> None:
        self.journal = journal
        self.schema = schema
        self.account = account
        self.answers = answers
        self.policy = policy
        self.token = token
        self.computed: Computed = {}

    def merge(self, entity: str, changes: Sequence[Change]) -> Merged:
        """Sort updates of an entity into those to send and those that wait for a person."""
        merged = Merged()
        if not changes:
            return merged
        there = self.account.fetch(self.schema, entity, {c.id: {*c.fields, *self._along(c)} for c in changes})
        for change in changes:
            record = there.get(change.id)
            if record is None:
                self._gone(change, merged)
            else:
                self._present(change, record.values, merged)
        return merged

    def leave(self, entity: str, deletes: Sequence[Change]) -> Merged:
        """Sort deletes of an entity: those of records that are as we left them go, edited ones wait for a person."""
        merged = Merged()
        if not deletes:
            return merged
        there = self.account.fetch(self.schema, entity, {c.id: base(self.journal, c.link) for c in deletes})
        for change in deletes:
            edited = self._edited(change, there[change.id].values) if change.id in there else []
            id = f"conflict-{self.token('/'.join((*change.part, change.id, *edited)))[:10]}"
            choice = self.answers.get(id) or (self.policy if self.policy != "review" else "")
            if not edited or choice == "source":
                merged.updates.append(change)
            elif choice != "destination":
                question = (
                    f"{change.part.object} {change.part.key} is no longer wanted, but people changed "
                    f"{', '.join(edited)} of its {entity} {change.id} at the destination. Delete it (source) or keep "
                    "it (destination)?"
                )
                merged.held.append((change, self._draft("conflict", id, change, question, ("source", "destination"))))
        return merged

    def _along(self, change: Change) -> frozenset[str]:
        """What is ours of the fields that a write of these changes besides."""
        return self.account.destination.companions(change.part.entity, change.fields) & change.whole.keys()

    def _edited(self, change: Change, theirs: Fields) -> list[str]:
        """Fields that are not as our last write left them."""
        entity, same = change.part.entity, self.account.destination.same
        schema = self.schema.object(entity)
        readonly = {f.key for f in schema.fields if f.readonly} if schema else set()
        left = readonly | self.computed.get(change.part, frozenset())
        known = base(self.journal, change.link)
        watched = {k: known.get(k) for k in (*known, *sorted(unseen(schema, known, theirs))) if k not in left}
        return [k for k, v in watched.items() if not same(entity, k, v, theirs.get(k))]

    def _gone(self, change: Change, merged: Merged) -> None:
        """The record was deleted at the destination."""
        part = change.part
        id = f"deleted-there-{self.token('/'.join((*part, change.id)))[:10]}"
        if self.answers.get(id) == "leave":
            reason = "deleted at the destination, left so by decision"
            merged.kept.append((change, Verdict(disposition="skipped", reason=reason, review=id)))
            return
        if self.answers.get(id) == "recreate":
            again = msgspec.structs.replace(change, action="create", id="", fields=change.whole)
            merged.updates.append(again)
            return
        question = (
            f"{part.object} {part.key} has changed, but its {part.entity} {change.id} was deleted at the destination. "
            "Make it again, or leave it deleted?"
        )
        merged.held.append((change, self._draft("deleted-there", id, change, question, ("recreate", "leave"))))

    def _present(self, change: Change, theirs: Fields, merged: Merged) -> None:
        known = base(self.journal, change.link)
        same = self.account.destination.same
        entity = change.part.entity
        # what no answer has shown is as we wrote it, or was empty: a field may be younger than the record
        known = dict.fromkeys(change.fields) | written(self.journal, change.link) | known if known else {}
        edited = [
            key
            for key, ours in change.fields.items()
            if key in known
            and key not in self.computed.get(change.part, ())
            and not same(entity, key, known[key], theirs.get(key))
            and not same(entity, key, ours, theirs.get(key))
        ]
        id = self._conflict(change, theirs, edited)
        choice = self.answers.get(id) or (self.policy if self.policy != "review" else "")
        fields = change.fields
        if edited and choice == "destination":
            fields = {k: v for k, v in fields.items() if k not in edited}
            if not fields:
                reason = "the values of the destination stand"
                merged.kept.append((change, Verdict(disposition="unchanged", reason=reason, review=id)))
                return
        elif edited and choice != "source":
            question = (
                f"{change.part.object} {change.part.key} has changed at the source, and people changed "
                f"{', '.join(edited)} of its {entity} {change.id} at the destination. Whose values stand?"
            )
            merged.held.append((change, self._draft("conflict", id, change, question, ("source", "destination"))))
            return
        companions = self.account.destination.companions(entity, fields)
        merged.befores[len(merged.updates)] = {k: theirs.get(k) for k in (*fields, *sorted(companions))}
        # what people put there stands in our record of it, too, or every later comparison would call it a difference
        whole = change.whole | {k: theirs.get(k) for k in edited if k not in fields and k in change.whole}
        merged.updates.append(msgspec.structs.replace(change, fields=fields, whole=whole, read=theirs))

    def _conflict(self, change: Change, theirs: Fields, edited: list[str]) -> str:
        """The id of the question about these very values: other values are another question."""
        sides = [[change.fields[k], theirs.get(k)] for k in edited]
        values = msgspec.json.encode(sides, order="sorted").decode()
        return f"conflict-{self.token('/'.join((*change.part, *edited, values)))[:10]}"

    def _draft(self, kind: str, id: str, change: Change, question: str, choices: tuple[str, ...]) -> Draft:
        subject = (change.part.object, change.part.key)
        return Draft(id=id, kind=kind, subject=subject, question=question, choices=choices)
