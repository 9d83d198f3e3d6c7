"""Notes, tasks and products, canonical to wire and back."""

from adapters.destinations.nutshell import records, texts
from adapters.destinations.nutshell.ask import Row, rows_of
from adapters.destinations.nutshell.catalogue import BLOCK, MARK, NOTE, PARENTS, PRODUCT, TASK, Entity
from adapters.destinations.nutshell.leads import amount
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.records import refuse
from adapters.destinations.nutshell.values import ident, number, unix, whole
from adapters.protocols import Fields, Json

# --- notes ---------------------------------------------------------------------------------------------------------


def parent(entity: Entity, fields: Fields) -> tuple[Entity, str] | None:
    """What a note or a task hangs on. More than one is refused: the API takes one."""
    named = [(PARENTS[key], str(fields[key])) for key in PARENTS if fields.get(key)]
    if len(named) > 1 or (entity is NOTE and not named):
        refuse("one-parent", f"A {entity.label.lower()} hangs on one record: a company, a person or a lead.")
    return named[0] if named else None


def note_text(fields: Fields, learned: Learned) -> str:
    """The whole text of a note: its date heads it, and the author where the call cannot be made for them."""
    author = fields.get("author")
    return texts.join(
        texts.Text(
            body=fields.get("text") or "",
            time=fields.get("add_time") or "",
            author=learned.name(author) if author and not learned.actor(author) else "",
            block=fields.get(BLOCK) or {},
            mark=fields.get(MARK) or "",
        )
    )


def new_note(fields: Fields, learned: Learned) -> Row:
    """The parameters of `newNote`."""
    records.encode(NOTE, fields, learned, create=True)
    found = parent(NOTE, fields)
    assert found is not None  # noqa: S101 - refused otherwise
    on, id = found
    return {"entity": {"entityType": on.plural, "id": whole(id)}, "note": note_text(fields, learned)}


def decode_note(row: Row, learned: Learned) -> Fields:
    """The canonical values of a note, of an object of either API."""
    fields = records.decode(NOTE, row, learned)
    written = next((row[key] for key in ("noteMarkup", "bodyMarkup", "note", "body") if row.get(key)), "")
    text = texts.split(str(written))
    fields |= {"text": text.body or None, BLOCK: text.block, MARK: text.mark, "add_time": text.time or None}
    links = row.get("links") if isinstance(row.get("links"), dict) else {}
    by = row.get("user") or (links or {}).get("creator") or (links or {}).get("user")
    if text.author or "user" in row or by:
        fields["author"] = learned.author(text.author, by)
    return fields | parents(row)


def parents(row: Row) -> Fields:
    """The parent: a stub under its name (JSON-RPC), a link (REST); nothing where the answer does not tell."""
    links = row.get("links") if isinstance(row.get("links"), dict) else {}
    link = row.get("parent") or (links or {}).get("parent") or (links or {}).get("relatedEntity")
    link = link[0] if isinstance(link, list) and link else link
    if isinstance(link, dict):
        link = f"{ident(link)}-{link.get('type') or link.get('entityType')}"
    if link:
        id, _, kind = str(link).partition("-")
        return {key: id if kind.lower() == entity.rest else None for key, entity in PARENTS.items()}
    stubs = {key: ident(row.get(entity.name)) for key, entity in PARENTS.items()}
    return stubs if any(stubs.values()) else {}


# --- tasks ---------------------------------------------------------------------------------------------------------


def encode_task(fields: Fields, learned: Learned) -> Row:
    """The body of a new task, bare as the description has it."""
    body = records.encode(TASK, fields, learned, create=True)
    text = texts.Text(body=fields.get("text") or "", block=fields.get(BLOCK) or {}, mark=fields.get(MARK) or "")
    if written := texts.join(text):
        body["description"] = written
    if fields.get("due_time"):
        body["dueTime"] = str(unix(fields["due_time"]))
    found = parent(TASK, fields)
    links = {"relatedEntity": f"{found[1]}-{found[0].rest}"} if found else {}
    if fields.get("owner_id"):
        links["assignee"] = f"{whole(fields['owner_id'])}-users"
    return {**body, "links": links} if links else body


def decode_task(row: Row, learned: Learned) -> Fields:
    """The canonical values of a task. How a done one reads is not described: what is known of its keys is tried."""
    fields = records.decode(TASK, row, learned)
    text = texts.split(str(row.get("description") or ""))
    fields |= {"text": text.body or None, BLOCK: text.block, MARK: text.mark}
    links = row.get("links") if isinstance(row.get("links"), dict) else {}
    fields["owner_id"] = ident((links or {}).get("assignee"))
    for key in ("isCompleted", "isComplete", "completedTime"):
        if key in row:
            fields["done"] = bool(row[key])
    return fields | (parents(row) or dict.fromkeys(PARENTS))


# --- products ------------------------------------------------------------------------------------------------------


def encode_product(fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The body of `newProduct` or `editProduct`.

    The form of `prices` is not captured; it follows what is known of both sides: keyed by market as REST shows them,
    each an amount with `currency_shortname` as JSON-RPC takes the prices of a lead's products.
    """
    body = records.encode(PRODUCT, fields, learned, create=create)
    if fields.get("price") is not None:
        currency = fields.get("currency") or next(iter((learned.markets or {}).values()), "")
        market = learned.market(currency)
        if market is None:
            refuse(
                "no-market", f"Nutshell has no market in {currency}: an administrator adds it, then read the schema."
            )
        body["prices"] = {market: {"currency_shortname": currency, "amount": number(fields["price"])}}
    elif not create and "price" in fields:
        body["prices"] = {}
    return body


def decode_product(row: Row, learned: Learned) -> Fields:
    """The canonical values of a product, of an object of either API."""
    fields = records.decode(PRODUCT, row, learned)
    price = _first(row.get("prices")) or row.get("price")
    currency = (price.get("currency") or price.get("currency_shortname")) if isinstance(price, dict) else None
    return fields | {"price": amount(price), "currency": currency}


def _first(prices: Json) -> Json:
    if isinstance(prices, dict):
        return next(iter(prices.values()), None)
    return next(iter(rows_of(prices)), None)
