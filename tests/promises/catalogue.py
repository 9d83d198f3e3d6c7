"""What is promised: the list of ids, each with its section and its rule in a line."""

import tomllib
from pathlib import Path
from typing import NamedTuple


class Promise(NamedTuple):
    """A promise. `id`: "F-001". `section`: number and name, "1 Discovery". `rule`: what is promised, in a line."""

    id: str
    section: str
    rule: str


def _read() -> list[Promise]:
    document = tomllib.loads((Path(__file__).parent / "list.toml").read_text(encoding="utf-8"))
    return [
        Promise(id, f"{number} {section['name']}", rule)
        for number, section in enumerate(document["section"], 1)
        for id, rule in section["promise"].items()
    ]


PROMISES = _read()
"""All of them, in order."""
