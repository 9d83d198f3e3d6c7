"""The judge: what must hold when the weather has cleared and every process has ended."""

from collections.abc import Iterator

from engine.migration import Migration
from engine.view import DISPOSITIONS
from tests.simulation.play import GIVEN_UP, Play
from tests.simulation.scenarios import end
from tests.undo.dumps import dump, keys


def judge(name: str, play: Play) -> list[str]:
    """Everything that is wrong at the end of a play; nothing where all is well."""
    play.machine.over = True
    if not play.done:
        return [*play.wrong, f"not done after {GIVEN_UP} virtual seconds"]
    migration, _ = play.migration()
    return [*play.wrong, *_outcomes(play), *_account(name, play), *_log(migration)]


def _outcomes(play: Play) -> Iterator[str]:
    """Every process that came to its end has done all."""
    if not play.people.edits:  # what people changed may be held until one of them decides
        yield from (f"a process ended with {o}" for o in play.outcomes if o != "done")


def _account(name: str, play: Play) -> Iterator[str]:
    """The destination is the map of the source, exactly once."""
    records = play.records()
    yield from (f"{n} copies of {key}" for key, n in keys(records).items() if n > 1)
    yield from play.people.overwritten()
    yield from play.people.gone()
    if play.people.edits:
        return
    found, wanted = dump(records), end(name)
    for table in sorted(found.keys() | wanted.keys()):
        here, there = list(found.get(table, [])), list(wanted.get(table, []))
        for line in there:
            if line in here:
                here.remove(line)
            else:
                yield f"{table} lacks {line}"
        yield from (f"{table} has {line}" for line in here)


def _log(migration: Migration) -> Iterator[str]:
    """The log is whole, the read models are its fold, nothing is in doubt, the six dispositions add up."""
    log, view = migration.journal.log, migration.view
    verified = log.verify()
    if not verified.ok:
        yield f"the log does not verify: {verified}"
    yield from (f"a rebuild changes {d.table} {d.key}" for d in log.rebuild(check=True))
    yield from (f"{position} is still in doubt" for position in view.in_doubt())
    for object, counts in view.dispositions("production").items():
        if sum(counts[d] for d in DISPOSITIONS) != counts["extracted"]:
            yield f"the dispositions of {object} do not add up: {counts}"
