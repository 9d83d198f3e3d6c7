"""Back: everything since a position taken back, until nothing of ours comes late any more."""

from collections.abc import Callable

from engine import reviews
from engine.sweep import Sweeper
from engine.takeback import TakeBack
from engine.taking import Progress
from engine.undo import Step, Undo, Undoing
from engine.write import Writer


def take_back(writer: Writer, undo_of_now: Callable[[], Undo], to: int, progress: Progress) -> Undoing:
    """Settle, sweep, and compensate every write since a position; the steps of all rounds, the rest as of the last.

    A create that was thought absent and turns up meanwhile is adopted by the sweep, and another round takes it back.
    The fields go last, after a sweep that found nothing late: without them no record tells any more whose it is.
    """
    writer.settle_all()
    undo = undo_of_now()
    sweeper = Sweeper(writer, undo.schema, undo.answers)
    sweeper.doubtful()  # what it adopts belongs to the plan
    steps = []
    late = True
    while late:
        undo = undo_of_now()
        undoing = undo.plan(to)
        _ask(writer, undo, undoing)
        taking = TakeBack(writer.journal, writer.view, writer, undo, progress)
        fields = [s for s in undoing.steps if _is_last(s)]
        undoing.steps = [s for s in undoing.steps if not _is_last(s)]
        taking.run(undoing)
        steps += undoing.steps
        late = any(found.of("late") for found in sweeper.doubtful())
        if not late:
            undoing.steps = fields
            taking.run(undoing)
        _ask(writer, undo, undoing)
    undoing.steps = [*steps, *fields]
    return undoing


def _is_last(step: Step) -> bool:
    """Whether a step takes away a field, in which our key may stand."""
    return step.action == "delete" and step.change.part.entity == "field"


def _ask(writer: Writer, undo: Undo, undoing: Undoing) -> None:
    """Ask about what is held, where nobody has answered yet."""
    reviews.ask(writer.journal, writer.view, [d for d in undoing.held if d.id not in undo.answers])
