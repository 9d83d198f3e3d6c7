"""Changes the map's file where the map has changed, and leaves the rest to the letter: comments, order, blanks."""

import tomllib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from engine.mapfile import assignment, pipelines, said
from engine.mapping import MapError, Mapping, parse

Path = tuple[str, ...]
_FILES: Path = ("files",)
_PIPELINE: Path = ("pipeline",)


def edited(text: str, new: Mapping) -> str | None:
    """The file with what the new map says; None where it is laid out so that only a new one can say it.

    Raises MapError for a file that is no map.
    """
    old = parse(text)
    if old == new:
        return text
    # a line of TOML ends here and nowhere else: texts may hold other signs that some take for the end of a line
    made = "\n".join(_lines(text.replace("\r\n", "\n").split("\n"), old, new))
    try:
        return made if parse(made) == new else None
    except MapError:
        return None


def _lines(lines: list[str], old: Mapping, new: Mapping) -> Iterator[str]:
    was, will = _tables(old), _tables(new)
    placed = old.pipeline == new.pipeline
    files = was[_FILES] == will[_FILES] or any(_header(line) == _FILES for line in lines)
    for path, section in _sections(lines):
        if path[:1] == ("object",) and not files:
            yield from ("[files]", *_added(was[_FILES], will[_FILES], set()), "")
            files = True
        if path[:1] in (_PIPELINE, ("object",)) and not placed:
            yield from (*islice(pipelines(new), 1, None), "")
            placed = True
        if path != _PIPELINE or old.pipeline == new.pipeline:
            yield from _section(section, was.get(path, {}), will.get(path, {}))


def _sections(lines: list[str]) -> Iterator[tuple[Path, list[str]]]:
    """The file's tables: where each is, and its lines from its header on."""
    path: Path = ()
    section: list[str] = []
    for line in lines:
        header = _header(line)
        if header is not None:
            yield path, section
            path, section = header, []
        section.append(line)
    yield path, section


def _section(section: list[str], was: dict[str, Any], will: dict[str, Any]) -> Iterator[str]:
    """The lines of a table; what was added stands after the last of its own."""
    kept: list[str] = []
    seen: set[str] = set()
    for line in section:
        key, comment = _key(line)
        if key is None or was.get(key) == will.get(key):
            kept.append(line)
            seen |= {key} if key else set()
        elif key in will:
            seen.add(key)
            kept.append(f"{assignment(key, will[key])}  {comment}".rstrip())
    tail = next((i for i, line in enumerate(reversed(kept)) if line.strip()), len(kept))
    end = len(kept) - tail
    yield from (*kept[:end], *_added(was, will, seen), *kept[end:])


def _added(was: dict[str, Any], will: dict[str, Any], seen: set[str]) -> Iterator[str]:
    for key, value in will.items():
        if key not in seen and was.get(key) != value:
            yield assignment(key, value)


def _tables(mapping: Mapping) -> dict[Path, dict[str, Any]]:
    """What the tables of a map's file say that have a line for each thing, by where they are."""
    found: dict[Path, dict[str, Any]] = {
        (): {
            name: list(value) if isinstance(value := getattr(mapping, name), tuple) else value
            for name in ("zone", "currency", "key_field", "owner_gate", "automation_owners")
        },
        _FILES: said(mapping.files),
    }
    for name, object_map in mapping.object.items():
        found["object", name, "fields"] = {field: said(rule) for field, rule in object_map.fields.items()}
        for values, pairs in object_map.values.items():
            found["object", name, "values", values] = dict(pairs)
    return found


def _header(line: str) -> Path | None:
    """Where the table is that a line begins; None where it begins none."""
    if not line.lstrip().startswith("["):
        return None
    try:
        found: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    path: Path = ()
    while isinstance(found, dict) and len(found) == 1:
        name, found = next(iter(found.items()))
        path += (name,)
    return path


def _key(line: str) -> tuple[str | None, str]:
    """What a line says something of, and the comment behind it."""
    try:
        found = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None, ""
    if len(found) != 1 or line.lstrip().startswith("["):
        return None, ""
    for place in (i for i, sign in enumerate(line) if sign == "#"):
        try:
            if tomllib.loads(line[:place]) == found:
                return next(iter(found)), line[place:]
        except tomllib.TOMLDecodeError:
            continue
    return next(iter(found)), ""
