"""Reads the pages of stages, of owners and of settings."""

import re
from typing import Any

import msgspec

from adapters.protocols import Schema
from adapters.sources.names import fold
from engine.mapping import Mapping, Pipeline, Stage
from ops.mapbook.material import PageProblem, chosen, clean, one_of
from ops.mapbook.pages import NO, YES
from ops.mapbook.reading import Filled, Read


def stages(base: tuple[Pipeline, ...], read: Read, problems: list[PageProblem]) -> tuple[Pipeline, ...]:
    """The pipelines that the rows say."""
    names = {clean(n).strip(): n for p in base for n in (p.name, *(s.name for s in p.stages))}
    found: dict[str, list[tuple[float, Stage, int]]] = {}
    wrong = list(read.problems)
    if _untouched(read):
        return base
    for row in read.rows:
        pipeline, stage = (names.get(row.text(key), row.text(key)) for key in ("pipeline", "stage"))
        order, chance = _number(row, "order"), _number(row, "probability")
        problem = _wrong_stage(read, row, order, chance)
        if problem is None and stage:
            problem = _twice(read, row, found.get(pipeline, []), stage, order or 0.0)
        if problem is not None:
            wrong.append(problem)
            problems.append(problem)
            continue
        there = found.setdefault(pipeline, [])
        if stage:
            there.append((order or 0.0, Stage(name=stage, probability=chance), row.number))
    made = tuple(
        Pipeline(name=name, stages=tuple(s for _, s, _ in sorted(said, key=lambda each: each[0])))
        for name, said in found.items()
    )
    # where the sheet cannot be read, what is wrong with it is told and not what would follow from it
    return base if wrong or made == base else made


def _untouched(read: Read) -> bool:
    """Whether the rows say what was written, in whatever order."""
    keys = [column.key for column in read.page.columns]
    lines = [Filled(None, 0, dict(line.cells)) for line in read.page.lines]
    was, now = (sorted([row.text(key) for key in keys] for row in rows) for rows in (lines, read.rows))
    return [row for row in was if any(row)] == now


def _wrong_stage(read: Read, row: Filled, order: float | None, chance: float | None) -> PageProblem | None:
    """What is wrong with a row by itself."""
    if not row.text("pipeline"):
        return read.problem(row.number, "pipeline", "Pipeline is empty", "write the pipeline that the stage is in")
    if row.text("probability") and (chance is None or not 0 <= chance <= 100):
        return read.problem(row.number, "probability", f"{row.text('probability')!r} is no probability",
                            "write per cent from 0 to 100, or nothing")  # fmt: skip
    if not row.text("stage"):
        if row.text("order") or row.text("probability"):
            return read.problem(row.number, "stage", "Stage is empty", "write its name, or clear the row")
        return None
    if order is None:
        said = row.text("order")
        wrong = f"{said!r} is no number" if said else "Order is empty"
        return read.problem(row.number, "order", wrong, "write a number; stages stand in the order of theirs")
    return None


def _twice(
    read: Read, row: Filled, there: list[tuple[float, Stage, int]], stage: str, order: float
) -> PageProblem | None:
    for other, known, number in there:
        if known.name == stage:
            return read.problem(row.number, "stage", f"{stage!r} stands in row {number} already", "keep one of the two")
        if other == order:
            return read.problem(row.number, "order", f"{order:g} is the order of row {number}, too",
                                "give each stage a number of its own; 2.5 stands between 2 and 3")  # fmt: skip
    return None


def _number(row: Filled, key: str) -> float | None:
    content = row.cells.get(key, "")
    if not isinstance(content, str):
        return float(content)
    if re.fullmatch(r"\s*-?\d+([.,]\d+)?\s*%?\s*", content):
        return float(content.replace(",", ".").replace("%", ""))
    return None


def owners(base: tuple[str, ...], read: Read, problems: list[PageProblem]) -> tuple[str, ...]:
    """The owners that are no person. One that the sheet does not name stays what it was."""
    said: dict[str, tuple[str, bool]] = {}
    for row in read.rows:
        if not row.differs("automation") and row.line is not None:
            continue
        name, word = row.text("name"), chosen(row.text("automation"), (YES, NO))
        if row.text("automation") and word is None:
            problems.append(read.problem(row.number, "automation", f"{row.text('automation')!r} is no answer",
                                         f"choose {YES} or {NO}, or clear the cell"))  # fmt: skip
        elif not name and word == YES:
            problems.append(read.problem(row.number, "name", "the owner is not named", "write the name"))
        else:
            said[name.casefold()] = (name, word == YES)
    kept = [name for name in base if said.get(clean(name).strip().casefold(), ("", True))[1]]
    known = {clean(name).strip().casefold() for name in base}
    return (*kept, *(name for folded, (name, yes) in said.items() if yes and folded not in known))


def settings(mapping: Mapping, destination: Schema, read: Read, problems: list[PageProblem]) -> Mapping:
    """The map with the settings that were changed."""
    more: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for row in read.rows:
        key = row.text("key")
        if row.line is None or not row.differs("value"):
            continue
        try:
            value = _setting(key, row.text("value"), destination)
        except ValueError as error:
            wrong, _, remedy = str(error).partition("; ")
            problems.append(read.problem(row.number, "value", wrong, remedy))
            continue
        if key.startswith("files."):
            files[key.removeprefix("files.")] = value
        else:
            more[key] = value
    if files:
        more["files"] = msgspec.structs.replace(mapping.files, **files)
    return msgspec.structs.replace(mapping, **more)


def _setting(key: str, text: str, destination: Schema) -> Any:
    """The value of a setting; a text that is none raises ValueError: what is wrong; what would be right."""
    if key == "currency" and not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError(f"{text!r} is no currency; write its three letters, like USD")
    if key in ("zone", "key_field") and not text:
        raise ValueError("it is empty; write a value")
    if key == "files.limit_bytes":
        if not re.fullmatch(r"\d{1,15}", text):
            raise ValueError(f"{text!r} is no number of bytes; write a whole number, 0 for no limit")
        return int(text)
    if key not in ("owner_gate", "files.refuse"):
        return text
    words = [word.strip() for word in text.split(";") if word.strip()]
    if key == "files.refuse":
        if wrong := [word for word in words if word[:1] != "."]:
            raise ValueError(f"{wrong[0]!r} is no ending; write it as .exe")
        return tuple(words)
    names = {fold(word): entity.name for entity in destination.objects for word in (entity.label, entity.name)}
    if wrong := [word for word in words if fold(word) not in names]:
        known = one_of(wrong[0], [entity.name for entity in destination.objects])
        raise ValueError(f"the destination has no {wrong[0]!r}; {known}")
    return tuple(names[fold(word)] for word in words)
