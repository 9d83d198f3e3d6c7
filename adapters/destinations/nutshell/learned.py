"""What an adapter must know of its account to write and read: learned by asking, once, when it is first needed."""

from collections.abc import Iterable

import msgspec

from adapters.destinations.nutshell.ask import Row, listed, rows_of, rpc, rpc_listed
from adapters.destinations.nutshell.catalogue import ENTITIES, STATUSES
from adapters.destinations.nutshell.fields import Custom, custom_of, is_custom, name_of
from adapters.destinations.nutshell.values import ident
from adapters.protocols import Flow, Json, User


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A way in which a lead ends."""

    id: str
    label: str
    status: str


class Learned:
    """The account's custom fields, users, markets, outcomes and stages.

    acting: whether the key may act for other users. Written by the flows below; read by `forms` without asking.
    """

    def __init__(self, *, acting: bool) -> None:
        self.acting = acting
        self.custom: dict[str, dict[str, Custom]] = {}
        self.users: dict[str, User] | None = None
        self.markets: dict[str, str] | None = None
        self.outcomes: list[Outcome] | None = None
        self.stages: dict[str, str] | None = None
        self.refused_types: set[str] = set()
        self._unknown: set[tuple[str, str]] = set()

    # --- asking ----------------------------------------------------------------------------------------------------

    def learn(self, entity: str, keys: Iterable[str], *, ask_again: bool = False) -> Flow[None]:
        """Ask for what these fields of an entity need; `ask_again` (writing) for custom fields not listed before."""
        names = {name_of(key) for key in keys if is_custom(key)}
        yield from self._learn_custom(entity, names, ask_again=ask_again)
        wanted = set(keys)
        if self.users is None and "author" in wanted:
            yield from self.learn_users()
        if self.markets is None and ("currency" in wanted or (entity == "product" and "price" in wanted)):
            yield from self.learn_markets()
        if self.outcomes is None and wanted & {"status", "outcome"} and entity == "lead":
            yield from self.learn_outcomes()
        if self.stages is None and "pipeline_id" in wanted and entity == "lead":
            yield from self.learn_stages()

    def _learn_custom(self, entity: str, names: set[str], *, ask_again: bool) -> Flow[None]:
        known = self.custom.get(entity)
        missing = names - (known or {}).keys()
        if missing and (known is None or ask_again or any((entity, name) not in self._unknown for name in missing)):
            yield from self.learn_custom()
            self._unknown |= {(entity, name) for name in names - self.custom[entity].keys()}

    def learn_custom(self) -> Flow[None]:
        """Read the custom fields of all entities: one call."""
        found: Json = (yield from rpc("findCustomFields", {})) or {}
        for entity in ENTITIES.values():
            if entity.custom:
                fields = [custom_of(row) for row in rows_of(found.get(entity.plural))]
                self.custom[entity.name] = {field.name: field for field in fields}

    def learn_users(self) -> Flow[None]:
        """Read the users."""
        self.users = {user.id: user for user in map(user_of, (yield from listed("/users", "users")))}

    def learn_markets(self) -> Flow[None]:
        """Read the markets; of those with one currency the default one comes first."""
        rows = yield from listed("/markets", "markets")
        rows.sort(key=lambda row: (not row.get("isDefault"), int(ident(row) or 0)))
        self.markets = {ident(row) or "": str(row.get("currency") or "") for row in rows}

    def learn_outcomes(self) -> Flow[None]:
        """Read the outcomes of leads."""
        rows = yield from rpc_listed("findLead_Outcomes", "description")
        self.outcomes = [
            Outcome(
                id=ident(row) or "",
                label=str(row.get("description") or row.get("name") or ""),
                status=STATUSES.get(int(row.get("type") or 0), ""),
            )
            for row in rows
        ]

    def learn_stages(self) -> Flow[None]:
        """Read which pipeline each stage is of: a lead shows its stage only."""
        rows = yield from listed("/stages", "stages")
        self.stages = {ident(row) or "": stageset_of(row) for row in rows}

    # --- knowing ---------------------------------------------------------------------------------------------------

    def actor(self, user: str | None) -> str:
        """The address of the user to act for; empty where we may not, or nobody can act for them."""
        found = (self.users or {}).get(str(user))
        return found.email if self.acting and found and found.active else ""

    def name(self, user: str | None) -> str:
        """How a text names a user: with the address where the name is not theirs alone; empty for nobody we know."""
        users = self.users or {}
        found = users.get(str(user))
        if found is None:
            return ""
        alike = [u for u in users.values() if u.name == found.name]
        return found.name if len(alike) == 1 else f"{found.name} <{found.email or found.id}>"

    def user_named(self, name: str) -> str | None:
        """The id of the user that a text names; the name itself where nobody is called so."""
        found = next((id for id in self.users or {} if self.name(id) == name), None)
        return found or name or None

    def author(self, name: str, by: Json) -> str | None:
        """Who wrote a text: whom its heading names, else, where we act for others, who it is logged for."""
        return self.user_named(name) if name else ident(by) if self.acting else None

    def market(self, currency: str) -> str | None:
        """The id of the market of a currency."""
        return next((id for id, code in (self.markets or {}).items() if code == currency), None)

    def outcome(self, id: str) -> Outcome | None:
        """The outcome of an id."""
        return next((o for o in self.outcomes or [] if o.id == id), None)

    def outcome_of(self, status: str) -> str | None:
        """The id of the first outcome that ends a lead so."""
        return next((o.id for o in self.outcomes or [] if o.status == status), None)


def stageset_of(stage: Row) -> str:
    """The id of the pipeline of a stage; the description has `links` as a list of objects, records as one object."""
    links = stage.get("links") or {}
    if isinstance(links, list):
        links = links[0] if links else {}
    return ident(links.get("stageset")) or ""


def user_of(row: Row) -> User:
    """A user of a REST row."""
    emails = row.get("emails") or []
    first = emails[0] if emails else ""
    if isinstance(first, dict):
        first = first.get("value") or ""
    return User(
        id=ident(row) or "", name=str(row.get("name") or ""), email=str(first), active=row.get("isEnabled") is not False
    )
