"""Listings: where every record went, and which went nowhere and why, as rows for a file."""

from engine.events import WriteRejected
from engine.journal import Journal
from engine.replay import Replayed
from engine.view import View

Row = tuple[str, str, str, str]


def crosswalk(view: View, target: str, replayed: Replayed) -> list[Row]:
    """Every written record: source object and key, destination entity and id. Twins share their survivor's."""
    there = view.links(target).items()
    links = {(p.object, p.key): (p.entity, k.id) for p, k in there if p.entity in replayed.order and not p.part}
    rows = [(*subject, *written) for subject, written in links.items()]
    for subject, verdict in replayed.settled.items():
        survivor = tuple(verdict.survivor.split("/", 1)) if verdict.survivor else None
        if survivor in links:
            rows.append((*subject, *links[survivor]))
    return sorted(rows)


def rejects(journal: Journal, view: View, target: str) -> list[Row]:
    """Every rejected and held record: object, key, disposition, and why, in the server's words where it spoke."""
    rows = []
    for (obj, key), (disposition, review, reason) in view.disposed(target).items():
        if disposition in ("rejected", "held"):
            words = _words(journal, obj, key) if disposition == "rejected" else ""
            rows.append((obj, key, disposition, " ".join(filter(None, (reason, words, review)))))
    return sorted(rows)


def _words(journal: Journal, obj: str, key: str) -> str:
    """What the server said last when it refused a record."""
    events = journal.log.read(kinds=["WriteRejected"], object=obj, key=key, newest_first=True, limit=1)
    bodies = (journal.body(e, WriteRejected) for e in events)
    return next((b.message for b in bodies if b is not None), "")
