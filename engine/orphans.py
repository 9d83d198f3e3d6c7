"""Orphans: records whose parent is not there. Each waits for a person; nothing is hung on something else by itself.

Where one kind of parent is what a record needs, a person may name another one (`link:KEY`), or one placeholder for all
such records. A parent of the parent kind that another link of the record leads to (the company of a deal's contact) is
proposed.
"""

from collections.abc import Sequence

from adapters.protocols import Link, ObjectSchema
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.journal import Subject
from engine.links import Resolution
from engine.mapping import ObjectMap
from engine.resolve import Resolver, link_review
from engine.view import Part
from engine.want import Verdict, Want, held, skipped

PLACEHOLDER = "Placeholder"
"""The object of subjects that stand for a parent that there never was."""


class Orphans:
    """Settles orphans by what people answered. `placeholders`: the wants of those that are in use, by what they are."""

    def __init__(self, history: History, resolver: Resolver, notes: Notes, settled: dict[Subject, Verdict]) -> None:
        self.history = history
        self.resolver = resolver
        self.notes = notes
        self.settled = settled
        self.placeholders: dict[Part, Want] = {}

    def parent(
        self, item: Item, object_map: ObjectMap, needs: Sequence[str], links: dict[str, Resolution], *, required: bool
    ) -> Resolution | None:
        """The parent that a person chose, of the kind of the one link in `needs`; None: it goes without.

        `required`: the destination takes no such record without it. Raises Stop while nobody has decided.
        """
        id = f"orphan-{self.history.token('/'.join(item.subject))[:10]}"
        answer = self.history.answers.get(id, "")
        if not required:
            without = (link_review(self.history, item, n) for n in needs)
            if answer == "unlinked" or any(self.history.answers.get(review) == "without" for review in without):
                return None
        if answer == "skip":
            raise skipped("orphan, skipped by decision", id)
        open_link = None if required else self._open(item, object_map, needs)
        if open_link and (chosen := self._chosen(item, open_link, answer)):
            return chosen
        self._ask(id, item, object_map, needs, links, open_link, required=required)
        raise held("orphan", id)

    def _open(self, item: Item, object_map: ObjectMap, needs: Sequence[str]) -> Link | None:
        """The link for which a person may name a parent: the only one that is needed, to one object."""
        link = next((link for link in self._schema(item).links if [link.name] == list(needs)), None)
        return link if link and len(link.to) == 1 and link.name in object_map.links else None

    def _schema(self, item: Item) -> ObjectSchema:
        return self.resolver.schemas[item.object]

    def _chosen(self, item: Item, link: Link, answer: str) -> Resolution | None:
        verb, _, key = answer.partition(":")
        parent = (link.to[0], key)
        if verb == "link" and parent[1] in self.history.items.get(parent[0], {}):
            subject = self.resolver.survivors.get(parent, parent)
            verdict = self.settled.get(subject)
            if verdict is not None and verdict.disposition == "held":
                raise held(f"waits for {subject[0]} {subject[1]}", verdict.review)
            return None if verdict else Resolution(state="found", subject=subject, how="answer", named=key)
        if verb != "placeholder":
            return None
        entity = self.history.mapping.object[link.to[0]].to
        there = self.history.destination.object(entity)
        name = f"Placeholder: no {link.name}"
        part = Part(entity, PLACEHOLDER, link.to[0])
        fields = dict.fromkeys((there.title if there else ())[:1], name)
        self.placeholders[part] = Want(part=part, fields=fields)
        self.notes.tell("placeholder", f"it hangs on {name!r}, by decision", item.subject)
        return Resolution(state="found", subject=(PLACEHOLDER, link.to[0]), how="answer", named=name)

    def _proposal(self, item: Item, link: Link) -> str:
        """The parent that another link of the record leads to, as an answer."""
        for other in self._schema(item).links:
            beside = self.resolver.link(item, other).subject if other.name != link.name else None
            there = self.history.items.get(beside[0], {}).get(beside[1]) if beside else None
            found = self.resolver.named_link(there, link.name).subject if there else None
            if found and found[0] == link.to[0] and found not in self.settled:
                return f"link:{found[1]}"
        return ""

    def _ask(
        self,
        id: str,
        item: Item,
        object_map: ObjectMap,
        needs: Sequence[str],
        links: dict[str, Resolution],
        open_link: Link | None,
        *,
        required: bool,
    ) -> None:
        named = ", ".join(f"{n} {links[n].named!r}" for n in needs if links[n].named) or "nothing"
        question = (
            f"{item.object} {item.key} belongs to no record that is moved (it names {named}). What becomes of it?"
        )
        choices = ("skip",) if required or object_map.alone is False else ("skip", "unlinked")
        proposal = ""
        if open_link:
            proposal = self._proposal(item, open_link)
            question += (
                f" It may hang on a {open_link.to[0]} that you name (link:KEY), or on one placeholder for all such "
                "records."
            )
            choices = (*filter(None, [proposal]), "link:*", "placeholder", *choices)
        draft = Draft(
            id=id, kind="orphan", subject=item.subject, question=question, choices=choices, proposed=proposal or "skip"
        )
        self.notes.ask(draft)
