"""Reads a page of values: what each value of the source becomes."""

from adapters.protocols import ObjectSchema, Option
from adapters.sources.names import fold
from engine.mapping import AS, ObjectMap, Pipeline
from ops.mapbook.material import PageProblem, chosen, clean, one_of, same
from ops.mapbook.pages import NO, YES
from ops.mapbook.reading import Filled, Read
from ops.mapbook.rules import Wrong

Pair = dict[str, str | bool]


class Pairing:
    """The value maps of one object, as the rows of its page say them.

    Args:
        base: the object's map before.
        entity: what it becomes.
        pipelines: of the map before, and of what the workbook says now.
        page: the page as it was read.
    """

    def __init__(
        self,
        base: ObjectMap,
        entity: ObjectSchema | None,
        pipelines: tuple[tuple[Pipeline, ...], tuple[Pipeline, ...]],
        page: Read,
    ) -> None:
        self.base = base
        self.entity = entity
        self.before, self.now = pipelines
        self.page = page
        self.keys = [c.key.removeprefix("to:") for c in page.page.columns if c.key.startswith("to:")]

    def read(self, problems: list[PageProblem]) -> dict[str, dict[str, Pair]]:
        """The value maps, what was added at their end; what is wrong is added to the problems."""
        raw = [(name, value) for name, pairs in self.base.values.items() for value in pairs]
        lines = dict(zip((line.name for line in self.page.page.lines), raw, strict=True))
        said: dict[tuple[str, str], Pair] = {at: self.base.values[at[0]][at[1]] for at in raw}
        for row in self.page.rows:
            try:
                at = lines[row.line.name] if row.line is not None else self._added(row)
                pair = self._pair(row, said.get(at, {}))
            except Wrong as wrong:
                problems.append(self.page.problem(row.number, wrong.column, wrong.wrong, wrong.remedy))
                continue
            if pair or pair == said.get(at):
                said[at] = pair
            else:
                said.pop(at, None)
        made: dict[str, dict[str, Pair]] = {name: {} for name in self.base.values}
        for (name, value), pair in said.items():
            made[name][value] = pair
        return made

    def _added(self, row: Filled) -> tuple[str, str]:
        """The value map and the value of a row that was added."""
        word, value = row.text("list"), row.text("value")
        names = {clean(name).strip(): name for name in self.base.values}
        found = chosen(word, names)
        if found is None:
            wrong = f"there is no list of values {word!r}" if word else "the list of values is not named"
            raise Wrong("list", wrong, one_of(word, names))
        if not value:
            raise Wrong("value", "the value is empty", "write it as the source has it, or clear the row")
        return names[found], value

    def _pair(self, row: Filled, before: Pair) -> Pair:
        """What a row says its value becomes; to the letter what it was where nothing was changed."""
        if row.line is not None and not any(row.differs(f"to:{key}") for key in self.keys):
            if _faults(before, self.now) != _faults(before, self.before):
                self._check_stage(before)
            return before
        words = {key: self._word(key, row, before) for key in self.keys}
        pair = {key: word for key, word in words.items() if word != ""}
        if row.line is None and not pair:
            raise Wrong(f"to:{self.keys[0]}", "what the value becomes is not said", "fill a cell, or clear the row")
        self._check_stage(pair)
        return pair

    def _word(self, key: str, row: Filled, before: Pair) -> str | bool:
        """One word of a pair, as the map says it; empty where nothing is said."""
        column = f"to:{key}"
        word = row.text(column)
        if row.line is not None and not row.differs(column):
            return before.get(key, "")
        if not word or key == AS:
            return word
        if key in ("stage", "pipeline"):
            names = [p.name for p in self.now] if key == "pipeline" else [s.name for p in self.now for s in p.stages]
            return next((name for name in names if same(name, word)), None) or chosen(word, names) or word
        field = self.entity.field(key) if self.entity else None
        if isinstance(before.get(key), bool) or (field and field.kind == "boolean"):
            if (answer := chosen(word, (YES, NO))) is None:
                raise Wrong(column, f"{word!r} is no answer", f"choose {YES} or {NO}")
            return answer == YES
        return _option(field.options, word, column) if field and field.options else word

    def _check_stage(self, pair: Pair) -> None:
        """A stage that a value leads to is one of a pipeline."""
        if fault := _faults(pair, self.now):
            named = [p for p in self.now if p.name == pair.get("pipeline", p.name)]
            if not named:
                remedy = one_of(str(pair["pipeline"]), [p.name for p in self.now])
                raise Wrong("to:pipeline", f"there is no pipeline {pair['pipeline']!r}", remedy)
            if fault == "stage":
                remedy = one_of(str(pair["stage"]), [s.name for p in named for s in p.stages])
                remedy += ", or add it on the sheet of the stages"
                raise Wrong("to:stage", f"no pipeline has a stage {pair['stage']!r}", remedy)
            column = "to:pipeline" if "pipeline" in self.keys else "to:stage"
            wrong = f"in which pipeline the stage {pair['stage']!r} is, is not said"
            having = [p.name for p in named if any(s.name == pair["stage"] for s in p.stages)]
            raise Wrong(column, wrong, one_of("", having))


def _faults(pair: Pair, pipelines: tuple[Pipeline, ...]) -> str:
    """What of a pair leads nowhere: its stage, or its pipeline where several could be meant. Empty if nothing does."""
    if "stage" not in pair:
        return ""
    named = [p for p in pipelines if p.name == pair.get("pipeline", p.name)]
    if not any(s.name == pair["stage"] for p in named for s in p.stages):
        return "stage"
    return "" if len(named) == 1 else "pipeline"


def _option(options: tuple[Option, ...], word: str, column: str) -> str:
    """An option by its label or id: as its id where that is the same word, else as its label, which is for people."""
    found = [o for o in options if fold(word) == fold(clean(o.label))] or [o for o in options if word == o.id]
    if not found:
        raise Wrong(column, f"there is no option {word!r}", one_of(word, [o.label for o in options]))
    return found[0].id if fold(found[0].id) == fold(found[0].label) else found[0].label
