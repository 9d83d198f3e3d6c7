"""The judge: what must hold when the weather has cleared and every process has ended."""

from collections.abc import Iterator

from engine.events import SweepFinished
from engine.migration import Migration
from engine.view import DISPOSITIONS
from tests.simulation.play import GIVEN_UP, Play
from tests.simulation.scenarios import end, verdicts, wanted
from tests.undo.dumps import dump, keys, marked


def judge(name: str, play: Play) -> list[str]:
    """Everything that is wrong at the end of a play; nothing where all is well."""
    play.machine.over = True
    if not play.done:
        return [*play.wrong, f"not done after {GIVEN_UP} virtual seconds"]
    migration, _ = play.migration()
    return [*play.wrong, *_outcomes(play), *_account(name, play), *_log(migration), *_disposed(name, play, migration)]


def judge_hostile(name: str, play: Play) -> list[str]:
    """The same of a world that has broken the bounds, after an operator's sweep; nothing where all is well.

    A record may be there twice when the last process ends. Then the sweep takes away one of them, and the log names
    it; or asks, where the store has forgotten what it wrote, so that nobody can tell.
    """
    if not play.done:
        return [*play.wrong, f"not done after {GIVEN_UP} virtual seconds"]
    before = {(table, id) for table, id, _ in marked(play.records())}
    asked = {s.copy.id for found in play.swept() for s in found.of("held")}
    play.machine.over = True
    migration, _ = play.migration()
    after = {(table, id) for table, id, _ in marked(play.records())}
    taken = {id for _, body in migration.journal.bodies(SweepFinished) for id in body.copies}
    wrong = [*play.wrong, *_log(migration), *_doubles(play, asked)]
    wrong += [f"{t} {id} was taken away, and the log does not say so" for t, id in before - after if id not in taken]
    wrong += [f"{entity} is not swept" for entity in migration.view.unswept("production")]
    if asked and not play.machine.counts["power cut"]:
        wrong.append(f"the sweep asks about {', '.join(sorted(asked))}, and nothing was forgotten")
    if name not in ("rewind", "rollback"):
        wrong += [f"{key} is lost" for key in sorted(wanted(name) - keys(play.records()).keys())]
    return wrong


def _doubles(play: Play, asked: set[str]) -> Iterator[str]:
    """Keys that stand in several live records, where the sweep does not ask about all but one of them."""
    found: dict[tuple[str, str], list[str]] = {}
    for table, id, key in marked(play.records()):
        found.setdefault((table, key), []).append(id)
    for (table, key), ids in found.items():
        if len(ids) - len(asked.intersection(ids)) > 1:
            yield f"{len(ids)} copies of {key} in {table}: {', '.join(ids)}"


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


def _disposed(name: str, play: Play, migration: Migration) -> Iterator[str]:
    """Every source record has become what it becomes on a calm day."""
    if play.people.edits:
        return
    found, wanted = migration.view.disposed("production"), verdicts(name)
    yield from (
        f"{'/'.join(subject)} is {found.get(subject, ('unknown',))[0]} and not {wanted.get(subject, 'known')}"
        for subject in sorted(found.keys() | wanted.keys())
        if _kind(found.get(subject, ("unknown",))[0]) != _kind(wanted.get(subject, "unknown"))
    )


def _kind(disposition: str) -> str:
    """What was found as it is wanted counts as written."""
    return "written" if disposition == "unchanged" else disposition
