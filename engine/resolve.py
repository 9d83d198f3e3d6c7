"""Resolving what a source record names: links to other records, twins that become one, owners that become users."""

import itertools
from collections.abc import Iterable, Sequence

from adapters.protocols import Field, Link, User
from adapters.sources.names import domain, fold, is_free_mail, is_shared_host
from adapters.sources.reach import emails
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.journal import Subject
from engine.links import NONE, Links, Resolution, title
from engine.mapping import Ask
from engine.want import Verdict


class Resolver:
    """Answers what a record's links, twins and owner are. Built once a replay; reads nothing but the history."""

    def __init__(self, history: History, notes: Notes) -> None:
        self.history = history
        self.notes = notes
        self.schemas = {o.name: o for o in history.source.objects}
        self.survivors: dict[Subject, Subject] = {}
        self.undecided_twins: dict[Subject, str] = {}
        self.asked: dict[Subject, Verdict] = {}
        self._users = history.destination.users
        self._theirs = {fold(u.id): u for u in history.source.users}
        self._known_users: dict[str, User | None] = {}
        self._links = Links(history.source, notes, self.survivors, self._answered)
        for name, items in history.items.items():
            self._links.index(name, items.values())
        self._follow_merges()
        self._ask_for_each()
        self._find_twins()

    def link(self, item: Item, link: Link) -> Resolution:
        """What a link of a record came to, twins followed to their survivor."""
        return self._links.link(item, link)

    def all(self, item: Item, link: Link) -> list[Resolution]:
        """What each record that a link names came to."""
        return self._links.all(item, link)

    def named_link(self, item: Item, name: str) -> Resolution:
        """What the link of that name came to."""
        return self._links.named_link(item, name)

    def path(self, item: Item, names: str) -> Resolution:
        """What a chain of links came to: "deal.company" is the company of the record's deal."""
        found = NONE
        for name in names.split("."):
            found = self._links.named_link(item, name)
            there = self.history.items[found.subject[0]].get(found.subject[1]) if found.subject else None
            if there is None:
                return NONE
            item = there
        return found

    def beyond(self, item: Item, via: str, name: str) -> list[Subject]:
        """What the records that a record names by one link name by another: the companies of a deal's contacts."""
        link = next(link for link in self.schemas[item.object].links if link.name == via)
        subjects = [r.subject for r in self.all(item, link) if r.subject]
        records = [self.history.items[obj][key] for obj, key in subjects if key in self.history.items.get(obj, {})]
        found = [self._links.named_link(record, name).subject for record in records]
        return list(dict.fromkeys(subject for subject in found if subject))

    def of_its_kind(self, item: Item) -> list[str]:
        """The keys of the records of the same object that a record names."""
        links = [k.name for k in self.schemas[item.object].links if item.object in k.to and not self.ring(item, k.name)]
        found = [self._links.named_link(item, name).subject for name in links]
        return [subject[1] for subject in found if subject and subject[0] == item.object]

    def ring(self, item: Item, name: str) -> list[str]:
        """The keys of a ring of links of one name, from a record on, if that record's is the one to be cut.

        That is the record with the smallest key. Empty where there is no ring, or it is cut elsewhere.
        """
        keys = [item.key]
        at = self.named_link(item, name).subject
        while at is not None and at[0] == item.object and at != item.subject:
            above = self.item(at)
            if above is None or above.key in keys:
                return []
            keys.append(above.key)
            at = self.named_link(above, name).subject
        closed = at == item.subject and item.key == min(keys, key=lambda key: (len(key), key))
        return keys if closed else []

    def words(self, item: Item, key: str) -> str:
        """What a cell that names a user or records says to people: their names; empty where it names neither."""
        schema = self.schemas[item.object]
        field = schema.field(key)
        raw = (item.values or {}).get(key, "").strip()
        if field is None or not raw or field.kind not in ("user", "reference"):
            return ""
        if field.kind == "user":
            user = self.source_user(raw)
            return (user.email or user.name) if user else raw
        link = next((k for k in schema.links if k.id_field == key), None)
        found = self.all(item, link) if link else []
        return ", ".join(self._called(item, r, link.to) or r.named for r in found if link)

    def _called(self, item: Item, found: Resolution, objects: Sequence[str]) -> str:
        """The name of a record that a link came to; where that is the record itself, of the one that was named."""
        there = found.subject
        if there == item.subject:
            there = next(((o, found.named) for o in objects if self.item((o, found.named))), there)
        one = self.item(there)
        return self._name(one) if one else ""

    def item(self, subject: Subject | None) -> Item | None:
        """The record of a subject."""
        return self.history.items.get(subject[0], {}).get(subject[1]) if subject else None

    def _answered(self, item: Item, link: Link) -> str:
        return self.history.answers.get(link_review(self.history, item, link.name), "")

    # --- records that are moved by a person's word alone -------------------------------------------------------------

    def _ask_for_each(self) -> None:
        for name, object_map in self.history.mapping.object.items():
            for item in self.history.items.get(name, {}).values() if object_map.ask else ():
                for column, ask in object_map.ask.items():
                    text = (item.values or {}).get(column, "").strip()
                    if text and not item.vanished and (not ask.values or fold(text) in map(fold, ask.values)):
                        self._ask_treatment(item, column, ask)

    def _ask_treatment(self, item: Item, column: str, ask: Ask) -> None:
        """A record that waits until a person says that it is moved, left, or merged into the one that it names."""
        values = item.values or {}
        id = f"treatment-{self.history.token('/'.join((*item.subject, column)))[:10]}"
        named = values.get(ask.into, "").strip() if ask.into else ""
        into = self._links.by_id(item.object, named) if named else None
        answer = self.history.answers.get(id, "")
        if answer == "keep":
            return
        if answer == "merge" and into is not None:
            self.survivors[item.subject] = self.survivors.get(into.subject, into.subject)
            return
        if answer == "skip":
            self.asked[item.subject] = Verdict(disposition="skipped", reason="left out by decision", review=id)
            return
        said = f": {values.get(ask.say, '').strip()}" if ask.say else ""
        question = f"{item.object} {item.key} ({self._name(item)}) {ask.what}{said}. Keep it, or skip it?"
        if into is not None:
            question = question.replace("Keep it,", f"Keep it, merge it into {into.key} ({self._name(into)}),")
        choices = ("keep", "skip", "merge") if into is not None else ("keep", "skip")
        proposed = "merge" if into is not None else "skip"
        draft = Draft(
            id=id, kind="treatment", subject=item.subject, question=question, choices=choices, proposed=proposed
        )
        self.asked[item.subject] = Verdict(disposition="held", reason="a decision", review=self.notes.ask(draft))

    def stays_behind(self, item: Item) -> bool:
        """Whether a record is not moved for a reason of its own: let go, left by the map, left out by an answer."""
        asked = self.asked.get(item.subject)
        skipped = asked is not None and asked.disposition == "skipped"
        return skipped or is_let_go(self.history, item) or is_left(self.history, item)

    # --- twins -----------------------------------------------------------------------------------------------------

    def _follow_merges(self) -> None:
        """Records that the source merged into another: that one stands for them."""
        masters = {item.subject: item.merged for items in self.history.items.values() for item in items.values()
                   if item.merged and item.vanished}  # fmt: skip
        for subject in masters:
            seen, at = {subject}, subject
            while at in masters and (subject[0], masters[at]) not in seen:
                at = (subject[0], masters[at])
                seen.add(at)
            if at != subject and at[1] in self.history.items[subject[0]] and at not in masters:
                self.survivors[subject] = at

    def _find_twins(self) -> None:
        for name, object_map in self.history.mapping.object.items():
            if not object_map.duplicates:
                continue
            how, _, column = object_map.duplicates.partition(":")
            groups: dict[str, list[Item]] = {}
            for item in self.history.items.get(name, {}).values():
                if not item.vanished and not self.stays_behind(item):  # nothing may be merged into what is not moved
                    for value in _twin_values(how, (item.values or {}).get(column, "")):
                        groups.setdefault(value, []).append(item)
            for value, group in groups.items():
                for twin in group[1:]:
                    self._twin(group[0], twin, f"{how} {value}")
            self._possible_twins(name)
        for name, object_map in self.history.mapping.object.items():
            if object_map.similar:
                self._similar(name, object_map.similar)

    def _similar(self, name: str, keys: tuple[str, ...]) -> None:
        """Records that agree in several weaker signs: a person is asked, and they stay two unless that one says so."""
        fields = [f for key in keys if (f := self.schemas[name].field(key))]
        groups: dict[tuple[str, ...], list[Item]] = {}
        for item in self.history.items.get(name, {}).values():
            signs = tuple(_sign(f, (item.values or {}).get(f.key, "")) for f in fields)
            if not item.vanished and signs and all(signs) and not self.stays_behind(item):
                groups.setdefault(signs, []).append(item)
        why = " and ".join(f.label for f in fields)
        for group in groups.values():
            for twin in group[1:]:
                self._twin(group[0], twin, why, weak=True)

    def _twin(self, first: Item, twin: Item, why: str, *, weak: bool = False) -> None:
        if twin.subject in self.survivors or twin.subject == first.subject:
            return
        survivor = self.survivors.get(first.subject, first.subject)
        id = f"duplicate-{self.history.token('/'.join((*survivor, *twin.subject)))[:10]}"
        # that names are alike is weak evidence, and a twin that stands at the destination would be deleted there
        asked = weak or why.startswith("name ") or twin.subject in self.history.written
        policy = "ask" if asked else self.history.policies.get("duplicates", "ask")
        answer = self.history.answers.get(id) or policy
        if answer == "merge":
            self.survivors[twin.subject] = survivor
            self.notes.tell("duplicate", f"the same {why} as {survivor[1]}, which survives", twin.subject)
        elif answer != "keep":
            self.survivors[twin.subject] = survivor
            self.undecided_twins[twin.subject] = self.notes.ask(
                Draft(
                    id=id,
                    kind="duplicate",
                    subject=twin.subject,
                    question=f"{twin.object} {twin.key} ({self._name(twin)}) has the same {why} as {survivor[1]} "
                    f"({self._name(first)}). {_conflicts(first, twin)} Merge it into {survivor[1]}, whose values win?",
                    choices=("merge", "keep"),
                    proposed="keep" if weak else "merge",
                )
            )

    def _possible_twins(self, name: str) -> None:
        """Records of one name that nothing else calls twins: told, never merged."""
        groups: dict[str, list[Item]] = {}
        for item in self.history.items.get(name, {}).values():
            if not item.vanished and item.subject not in self.survivors:
                groups.setdefault(_bare_name(self._name(item)), []).append(item)
        for bare, group in groups.items():
            for a, b in itertools.pairwise(group if bare else []):
                detail = f"its name is that of {a.key}, but nothing else says that they are one; not merged"
                self.notes.tell("possible-duplicate", detail, b.subject)

    def _name(self, item: Item) -> str:
        return title(item, self.schemas[item.object])

    # --- owners ----------------------------------------------------------------------------------------------------

    def user(self, text: str) -> User | None:
        """The active user that an owner text names: by e-mail, else by a name that only one user has.

        Where the text is the id of a user of the source, that user's e-mail and name are what counts.
        """
        if text not in self._known_users:
            theirs = self.source_user(text)
            words = [theirs.email, theirs.name] if theirs else [text]
            self._known_users[text] = next(filter(None, (meant(self._users, word) for word in words if word)), None)
        return self._known_users[text]

    def source_user(self, text: str) -> User | None:
        """The user of the source whose id a text is."""
        return self._theirs.get(fold(text))


def meant(users: Iterable[User], word: str) -> User | None:
    """The active user whose e-mail address a word is, else the one that alone has it as a name; None where none is."""
    wanted, active = fold(word), [user for user in users if user.active]
    named = [user for user in active if fold(user.name) == wanted]
    by_mail = next((user for user in active if fold(user.email) == wanted), None)
    return by_mail or (named[0] if len(named) == 1 else None)


def vanished_review(history: History, item: Item) -> str:
    """The id of the review item about a record that the source no longer has."""
    return f"vanished-{history.token('/'.join(item.subject))[:10]}"


def is_let_go(history: History, item: Item) -> bool:
    """Whether a record that the source no longer has goes at the destination, too, by an answer or by policy."""
    if not item.vanished:
        return False
    if item.told and item.subject not in history.written:
        return True
    policy = "delete" if history.policies.get("deletions") == "propagate" else ""
    return (history.answers.get(vanished_review(history, item)) or policy) == "delete"


def left_review(history: History, item: Item) -> str:
    """The id of the review item about a record that was moved and that the map now leaves behind."""
    return f"left-{history.token('/'.join(item.subject))[:10]}"


def left_by(history: History, item: Item) -> str:
    """The field by which the map leaves a record behind; empty where it does not."""
    leave = history.mapping.object[item.object].leave if item.object in history.mapping.object else {}
    return next((key for key in leave if (item.values or {}).get(key, "").strip()), "")


def is_left(history: History, item: Item) -> bool:
    """Whether the map leaves a record behind; one that was moved goes only by an answer or by policy."""
    if not left_by(history, item):
        return False
    policy = "delete" if history.policies.get("deletions") == "propagate" else ""
    return (
        item.subject not in history.written or (history.answers.get(left_review(history, item)) or policy) == "delete"
    )


def link_review(history: History, item: Item, link: str) -> str:
    """The id of the review item about one link of one record."""
    return f"link-{history.token('/'.join((*item.subject, link)))[:10]}"


def _twin_values(how: str, text: str) -> list[str]:
    if how == "domain":
        name = domain(text)
        return [name] if name and not is_free_mail(name) and not is_shared_host(name) else []
    if how == "name":
        return [bare] if (bare := _bare_name(text)) else []
    return list(dict.fromkeys(str(e["value"]).lower() for e in emails(text)[0]))


def _sign(field: Field, text: str) -> str:
    """What a value says of who somebody is: of a phone its last digits, of other text its letters and digits."""
    kept = "".join(c for c in fold(text) if c.isdigit() or (c.isalpha() and field.kind != "phone"))
    return kept[-_NUMBER:] if field.kind == "phone" else kept


_NUMBER = 10
"""Digits of a telephone number that tell, whether or not the country's code is written before them."""

_SUFFIXES = {
    "inc",
    "llc",
    "ltd",
    "limited",
    "gmbh",
    "ag",
    "co",
    "corp",
    "corporation",
    "company",
    "plc",
    "sa",
    "bv",
    "kg",
}


def _bare_name(name: str) -> str:
    """A name without legal form and punctuation, for telling possible twins."""
    cleaned = "".join(c for c in fold(name) if c.isalnum() or c.isspace())
    words = cleaned.split()
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return " ".join(words)


def _conflicts(first: Item, twin: Item) -> str:
    """Which fields of twins differ, in words."""
    ours, theirs = first.values or {}, twin.values or {}
    fields = [f for f in ours if theirs.get(f, "").strip() and fold(ours[f]) != fold(theirs.get(f, ""))]
    return f"They differ in {', '.join(fields)}." if fields else "They differ in nothing."
