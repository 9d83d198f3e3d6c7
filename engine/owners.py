"""Owners: the user of the destination that stands for each person who has a record, or what people said of that one.

Nobody is guessed. Who has no user is in a queue, once, with the records that wait; the ways out are to provision a user
(the question closes by itself when the account shows one), another user, the migration's own user, or retirement.
"""

import re

from adapters.protocols import Fields, ObjectSchema
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.mapping import Rule
from engine.resolve import Resolver
from engine.transform import Cell
from engine.want import held


class Owners:
    """Puts owners into the fields of records."""

    def __init__(self, history: History, resolver: Resolver, notes: Notes) -> None:
        self.history = history
        self.resolver = resolver
        self.notes = notes

    def place(self, item: Item, rule: Rule, cell: Cell, entity: ObjectSchema, fields: Fields) -> None:
        """Put the user that a record belongs to, or the users where the field takes several. Raises Stop."""
        field = entity.field(rule.owner)
        if field is None or not field.many:
            names = [cell.raw]
        else:
            separator = r"[;,\n]" if "@" in cell.raw else r"[;\n]"
            names = [name.strip() for name in re.split(separator, cell.raw) if name.strip()]
        ids = [id for name in names if (id := self._user(item, name, cell.field.key, entity, fields))]
        if ids:
            fields[rule.owner] = list(dict.fromkeys(ids)) if field is not None and field.many else ids[0]

    def _user(self, item: Item, text: str, key: str, entity: ObjectSchema, fields: Fields) -> str:
        """The id of a user; a name that no user bears goes to the queue, and the record waits. Empty: our own user."""
        theirs = self.resolver.source_user(text)
        called = theirs.name if theirs else text
        if text and called.casefold() in {name.casefold() for name in self.history.mapping.automation_owners}:
            self._nobodys(item, "automation-owner", "is no person", key, called, entity, fields)
            return ""
        user = self.resolver.user(text) if text else None
        if user is None:
            id = f"owner-{self.history.token(f'owner/{text.casefold()}')[:10]}"
            answer = self.history.answers.get(id, "")
            if answer == "migration-user":
                return ""
            if answer == "retire":
                self._nobodys(item, "retired-owner", "is retired", key, called, entity, fields)
                return ""
            user = self.resolver.user(answer.removeprefix("user:")) if answer else None
            if user is None:
                raise held("owner", self.notes.ask(self._owner_draft(id, text)))
        return user.id

    def _nobodys(
        self, item: Item, code: str, why: str, key: str, called: str, entity: ObjectSchema, fields: Fields
    ) -> None:
        """A record whose owner gets no user: the migration's own has it, who it was is told and stands in its text."""
        detail = f"{key} {called!r} {why}; the record goes to the migration's own user"
        self.notes.tell(code, detail, item.subject, key)
        if entity.block and called:
            fields.setdefault(entity.block, {})[key] = called

    def _owner_draft(self, id: str, text: str) -> Draft:
        steps = (
            "Invite that person there and run `cutover discover` again, say who takes the records, or retire the "
            "owner: then the migration's own user takes them, and who it was is told."
        )
        question = f"The owner {self._owner_words(text)} has no user at the destination. {steps}"
        if not text:
            question = "Some records have no owner. Say who takes them."
        users = [u for u in self.history.destination.users if u.active]
        choices = (*(f"user:{u.email}" for u in users), "migration-user", *(("retire",) if text else ()))
        return Draft(id=id, kind="owner", subject=("Owner", id), question=question, choices=choices)

    def _owner_words(self, text: str) -> str:
        """An owner as the source knows them: "u5 (Dana Liu, dana@…)", with what stands against them."""
        if not self.history.source.users:
            return repr(text)
        user = self.resolver.source_user(text)
        if user is None:
            return f"{text!r} (no user of the source has that id)"
        known = ", ".join(filter(None, (user.name, user.email or "no e-mail", "" if user.active else "inactive")))
        return f"{text!r} ({known})"
