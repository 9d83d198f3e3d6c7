"""How the records of each entity are read: one place to look."""

from collections.abc import Callable, Iterable

from adapters.destinations.nutshell import activities, leads, notes, people, texts
from adapters.destinations.nutshell.ask import Row
from adapters.destinations.nutshell.catalogue import Entity
from adapters.destinations.nutshell.fields import key_of
from adapters.destinations.nutshell.learned import Learned
from adapters.protocols import Fields, Flow

_DECODE: dict[str, Callable[[Row, Learned], Fields]] = {
    "account": people.decode_account,
    "contact": people.decode_contact,
    "lead": leads.decode,
    "activity": activities.decode,
    "note": notes.decode_note,
    "task": notes.decode_task,
    "product": notes.decode_product,
}
_TEXTS = ("noteMarkup", "bodyMarkup", "note", "body", "description", "logNote")


def decode(entity: Entity, row: Row, learned: Learned) -> Fields:
    """The canonical values of a row, with what has been learned so far."""
    return _DECODE[entity.name](row, learned)


def learn(entity: Entity, rows: Iterable[Row], learned: Learned) -> Flow[None]:
    """Ask for what reading these rows needs to know and is not known yet."""
    keys: set[str] = set()
    for row in rows:
        if entity.custom and isinstance(row.get("customFields"), dict):
            keys |= {key_of(name) for name in row["customFields"]}
        if entity.name == "lead":
            keys |= {"currency"} if row.get("market") else set()
            keys |= set() if row.get("stageset") or row.get("stagesetId") else {"pipeline_id"}
        if entity.text and _has_author(row):
            keys.add("author")
    yield from learned.learn(entity.name, keys)


def _has_author(row: Row) -> bool:
    for key in _TEXTS:
        value = row.get(key)
        written = (value.get("noteMarkup") or value.get("note")) if isinstance(value, dict) else value
        if isinstance(written, str) and texts.split(written).author:
            return True
    return False
