"""A fresh account: its users, one pipeline, the default labels and types, the system fields, no custom field."""

from adapters.sandbox.pipedrive import boards
from adapters.sandbox.pipedrive.pipelines import add_stages
from adapters.sandbox.pipedrive.state import Draft, Row, State
from adapters.sandbox.pipedrive.system_fields import SYSTEM_FIELDS
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Change

_CURRENCIES = (
    ("USD", "US Dollar", "$", 2), ("EUR", "Euro", "€", 2), ("GBP", "Pound Sterling", "£", 2),
    ("CAD", "Canadian Dollar", "CA$", 2), ("AUD", "Australian Dollar", "A$", 2),
    ("NZD", "New Zealand Dollar", "NZ$", 2),
    ("CHF", "Swiss Franc", "CHF", 2), ("SEK", "Swedish Krona", "kr", 2), ("NOK", "Norwegian Krone", "kr", 2),
    ("DKK", "Danish Krone", "kr", 2), ("JPY", "Japanese Yen", "¥", 0), ("MXN", "Mexican Peso", "MX$", 2),
    ("BRL", "Brazilian Real", "R$", 2), ("INR", "Indian Rupee", "₹", 2), ("PLN", "Polish Zloty", "zł", 2),
    ("ZAR", "South African Rand", "R", 2),
)  # fmt: skip
_TYPES = ("call", "meeting", "task", "deadline", "email", "lunch")
_CONTACT_LABELS = (("Customer", "green"), ("Hot lead", "red"), ("Warm lead", "yellow"), ("Cold lead", "blue"))
_LEAD_LABELS = (("Hot", "red"), ("Warm", "yellow"), ("Cold", "blue"))


def found(settings: Settings, seed: str, now: float) -> list[Change]:
    """The changes that make a fresh account, `seed` being what its keys and ids are drawn from."""
    state = State()
    head: list[Change] = [["set", "seed", seed], ["set", "born", now], ["set", "advance", 0.0]]
    state.apply(head)
    draft = Draft(state, settings, now, settings.users[0].id)
    times: Row = {"add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    for person in settings.users:
        row = {"id": person.id, "name": person.name, "email": person.email, "active_flag": person.active}
        draft.put("users", person.id, row | times)
    known = [code for code, *_ in _CURRENCIES]
    own = () if settings.currency in known else ((settings.currency, settings.currency, settings.currency, 2),)
    for number, (code, name, symbol, decimals) in enumerate((*_CURRENCIES, *own), 1):
        row = {"id": number, "code": code, "name": name, "symbol": symbol, "decimal_points": decimals}
        draft.put("currencies", code, row)
    key = draft.next("pipelines")
    row = {"id": key, "name": "Pipeline", "order_nr": 1, "is_deal_probability_enabled": True}
    draft.put("pipelines", key, row | times)
    add_stages(draft, key)
    for order, kind in enumerate(_TYPES, 1):
        key = draft.next("activity_types")
        row = {"id": key, "name": kind.title(), "key_string": kind, "icon_key": kind, "color": None}
        row |= {"order_nr": order, "is_custom_flag": False}
        draft.put("activity_types", key, row | times)
    for name, color in _LEAD_LABELS:
        label = draft.uuid()
        draft.put("lead_labels", label, {"id": label, "name": name, "color": color} | times)
    _add_fields(draft, times)
    if settings.projects:
        boards.found(draft)
    return head + draft.changes


def _add_fields(draft: Draft, times: Row) -> None:
    for table, fields in SYSTEM_FIELDS.items():
        for order, (code, v1_key, name, kind) in enumerate(fields, 1):
            key = draft.next("fields")
            options = None
            if kind in ("enum", "set"):
                options = _options(draft) if code == "label_ids" and table in ("persons", "organizations") else []
            row = {"id": key, "entity": table, "code": code, "key": v1_key, "name": name, "type": kind}
            row |= {
                "options": options,
                "custom": False,
                "order_nr": order,
                "description": None,
                "shape": {},
                "made_by": draft.user,
            }
            draft.put("fields", key, row | times)


def _options(draft: Draft) -> list[Row]:
    return [{"id": draft.next("options"), "label": label, "color": color} for label, color in _CONTACT_LABELS]
