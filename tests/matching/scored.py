"""Own schemas as the scorer takes them: a folder of small text files, expanded with invented samples.

`python -m tests.matching.scored FOLDER OUT` writes the JSON documents. A file: the first line is system | object |
destination; each further line is header | what it holds | truth/also right [| label | type], or a custom field that
the account has: + key | label | type [| options].
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.matching.samples import samples

HERE = Path(__file__).parent


def document(path: Path) -> dict[str, Any]:
    """The schema pair of a file, with `truth` and `also_ok`."""
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    system, thing, there = (part.strip() for part in head.split("|"))
    fields, truth, also = [], {}, {}
    destinations = json.loads((HERE / "destinations.json").read_text(encoding="utf-8"))
    for line in filter(None, lines):
        if line.startswith("+"):
            destinations[there]["fields"].append(_custom(line))
            continue
        name, holds, right, *api = (part.strip() for part in line.split("|"))
        field: dict[str, Any] = {"name": name, "samples": samples(holds, f"{path.stem}/{name}")}
        fields.append(field | dict(zip(("label", "type"), api, strict=False)))
        truth[name], *also[name] = right.split("/")
    pair = {"id": path.stem, "source_system": system, "source_object": thing, "destination": destinations[there]}
    return pair | {"fields": fields, "truth": truth, "also_ok": also}


def _custom(line: str) -> dict[str, Any]:
    key, label, kind, *options = (part.strip() for part in line[1:].split("|"))
    return {"key": key, "label": label, "type": kind, "custom": True, "options": options}


def documents(folder: str) -> list[dict[str, Any]]:
    """Every schema pair of a folder beside this file."""
    return [document(path) for path in sorted((HERE / folder).glob("*.txt"))]


def value_lists(name: str) -> list[dict[str, Any]]:
    """The value lists of a file: "kind | id | options", then "value = option / also right" ("-": none)."""
    found: list[dict[str, Any]] = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if " = " not in line:
            kind, name, options = (part.strip() for part in line.split("|"))
            head = {"task": "value_map", "id": name, "kind": kind, "destination_options": options.split("; ")}
            found.append(head | {"source_values": [], "truth": {}, "also_ok": {}})
            continue
        value, right = line.split(" = ")
        first, *others = [None if option == "-" else option for option in _right(right, found[-1])]
        found[-1]["source_values"].append(value)
        found[-1]["truth"][value], found[-1]["also_ok"][value] = first, others
    return found


def _right(text: str, made: dict[str, Any]) -> list[str]:
    """Options, split by "/" where no option has one in it."""
    return [text] if text in made["destination_options"] else text.split("/")


if __name__ == "__main__":
    for made in documents(sys.argv[1]):
        Path(sys.argv[2], f"{made['id']}.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
