"""Back: everything since a position taken back, until nothing of ours comes late any more."""

from collections.abc import Callable

from engine import reviews
from engine.sweep import Sweeper
from engine.takeback import TakeBack
from engine.taking import Progress
from engine.undo import Undo, Undoing
from engine.write import Writer

ROUNDS = 3
"""How often what arrived late meanwhile is taken back, too."""


def take_back(writer: Writer, undo_of_now: Callable[[], Undo], to: int, progress: Progress) -> Undoing:
    """Settle, sweep, and compensate every write since a position; what was done, of all rounds.

    A sweep follows the last write. A create that was thought absent and turns up then is adopted, and taken back.
    """
    writer.settle_all()
    done: Undoing | None = None
    for _ in range(ROUNDS):
        undo = undo_of_now()
        sweeper = Sweeper(writer, undo.schema, undo.answers)
        if done is None:
            sweeper.doubtful()  # what it adopts belongs to the plan
            undo = undo_of_now()
        undoing = undo.plan(to)
        reviews.ask(writer.journal, writer.view, [d for d in undoing.held if d.id not in undo.answers])
        TakeBack(writer.journal, writer.view, writer, undo, progress).run(undoing)
        reviews.ask(writer.journal, writer.view, [d for d in undoing.held if d.id not in undo.answers])
        undoing.steps = [*(done.steps if done else ()), *undoing.steps]
        done = undoing
        if not any(found.of("late") for found in sweeper.doubtful()):
            break
    assert done is not None  # noqa: S101 - there is a first round
    return done
