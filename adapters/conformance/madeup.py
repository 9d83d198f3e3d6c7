"""Made-up values: for each kind of field two, chosen to show what is easily lost (a zone, an accent, a second item)."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from adapters.protocols import Field, Json, Kind

CONTENT = (b"conformance, first file\n", "conformance, zweite Datei äöü\n".encode())
"""What the made-up files hold."""

_PLAIN: dict[Kind, tuple[Json, Json]] = {
    "text": ("Zoë & Søn, \"Ltd\" 50% <b> 'x'", "日本 second"),
    "longtext": ("First line, 'quoted'\nsecond: a < b & c", "Другая\nstring"),
    "html": ("<p>Hello <b>there</b> &amp; thanks</p>", "<p>Another</p><ul><li>ä</li></ul>"),
    "number": (1234.5, 42),
    "percent": (35, 80),
    "date": ("2024-02-29", "1999-12-31"),
    "datetime": ("2020-03-29T01:30:00Z", "2021-12-31T23:59:59Z"),
    "time": ("00:05", "23:45"),
    "duration": ("01:45", "10:05"),
    "boolean": (True, False),
    "email": (
        [
            {"value": "zoe@conformance.example", "label": "work", "primary": True},
            {"value": "private@conformance.example", "label": "home", "primary": False},
        ],
        [{"value": "new@conformance.example", "label": "work", "primary": True}],
    ),
    "phone": (
        [
            {"value": "+1 202 555 0143", "label": "work", "primary": True},
            {"value": "+44 20 7946 0958", "label": "mobile", "primary": False},
        ],
        [{"value": "+49 30 901820", "label": "work", "primary": True}],
    ),
    "url": ("https://conformance.example/a?b=c&d=e", "https://other.example/"),
    "address": ({"value": "1 Main St, Boise"}, {"value": "Hauptstraße 5, Köln"}),
    "block": ({"Call outcome": "Connected <b> & more", "Notes": "a\nb"}, {"Notes": "changed"}),
}


def plain(field: Field, number: int) -> Json:
    """The value of a field whose kind needs nothing of the account; raises KeyError where it does."""
    value = _PLAIN[field.kind][number % 2]
    if isinstance(value, str) and field.max_length is not None:
        return value[: field.max_length].strip()
    return value


def money(number: int, currency: str) -> Json:
    """An amount in a currency of the account."""
    return {"value": (1234.5, 7)[number % 2], "currency": currency}


def file(number: int) -> Json:
    """The canonical value of a made-up file."""
    content = CONTENT[number % 2]
    return {
        "digest": hashlib.sha256(content).hexdigest(),
        "name": f"conformance-{number % 2}.txt",
        "size": len(content),
        "mime": "text/plain",
    }


def files(folder: Path) -> Callable[[str], Path]:
    """Lay the made-up files in a folder; where each lies, by its digest."""
    for content in CONTENT:
        (folder / hashlib.sha256(content).hexdigest()).write_bytes(content)
    return lambda digest: folder / digest
