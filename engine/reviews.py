"""Review items: what replay asks is opened, what no longer arises is withdrawn, what people answer is recorded."""

from collections.abc import Iterable, Mapping

import msgspec

from engine.events import ReviewOpened, ReviewResolved, ReviewWithdrawn
from engine.findings import Draft
from engine.journal import Entry, Journal, Subject
from engine.view import Review, View
from engine.want import Verdict

REPLAYED = frozenset(
    {
        "owner", "duplicate", "value", "ambiguous", "orphan", "too-long", "vanished", "checklist", "cap",
        "file-missing", "placement", "treatment",
    }
)  # fmt: skip
"""Kinds that replay asks for, and that end when it no longer does."""


class ReviewError(Exception):
    """The answer cannot be taken; the message says why and what the choices are."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A review item with its words."""

    id: str
    kind: str
    object: str
    key: str
    question: str
    choices: list[str]
    proposed: str
    blocking: bool
    blocks: list[str]
    status: str = "open"
    choice: str = ""


def sync(journal: Journal, view: View, drafts: Iterable[Draft]) -> None:
    """Open what is asked and not open, withdraw what is open and no longer asked."""
    asked = {d.id: d for d in drafts}
    there = {r.id: r for r in view.reviews(status=None)}
    entries = [_opening(d) for d in asked.values() if d.id not in there or there[d.id].status != "open"]
    entries += [
        Entry(ReviewWithdrawn(review=r.id), (r.object, r.key), r.opened)
        for r in there.values()
        if r.status == "open" and r.kind in REPLAYED and r.id not in asked
    ]
    journal.record_all(entries)


def ask(journal: Journal, view: View, drafts: Iterable[Draft]) -> None:
    """Open items besides those of replay, unless they are open already."""
    there = {r.id for r in view.reviews()}
    journal.record_all([_opening(d) for d in drafts if d.id not in there])


def _opening(draft: Draft) -> Entry:
    body = ReviewOpened(
        review=draft.id,
        kind=draft.kind,
        blocking=draft.blocking,
        proposed=draft.proposed,
        question=draft.question,
        choices=list(draft.choices),
    )
    return Entry(body, draft.subject)


def questions(
    journal: Journal,
    view: View,
    target: str,
    settled: Mapping[Subject, Verdict],
    *,
    status: str | None = "open",
) -> list[Question]:
    """Review items with their words and the records that wait for each, whether or not their phase was reached.

    `settled` is what replay holds back; what only the destination holds back (conflicts) is in the read models.
    """
    held = {s: review for s, (disposition, review, _) in view.disposed(target).items() if disposition == "held"}
    held |= {s: verdict.review if verdict.disposition == "held" else "" for s, verdict in settled.items()}
    waiting: dict[str, list[str]] = {}
    for (obj, key), review in held.items():
        waiting.setdefault(review, []).append(f"{obj}/{key}")
    items = view.reviews(status=status)
    events = journal.log.many([r.opened for r in items])
    chosen = answers(journal, view)
    return [_question(journal.body(events[r.opened], ReviewOpened), r, waiting, chosen) for r in items]


def _question(
    body: ReviewOpened | None, review: Review, waiting: dict[str, list[str]], chosen: dict[str, str]
) -> Question:
    return Question(
        id=review.id,
        kind=review.kind,
        object=review.object,
        key=review.key,
        question=body.question if body else "(the person was erased)",
        choices=body.choices if body else [],
        proposed=review.proposed,
        blocking=review.blocking,
        blocks=sorted(waiting.get(review.id, [])),
        status=review.status,
        choice=chosen.get(review.id, ""),
    )


def answers(journal: Journal, view: View) -> dict[str, str]:
    """What people answered, by review id; items that were opened again have no answer."""
    items = view.reviews(status="resolved")
    events = journal.log.many([r.resolved for r in items])
    bodies = ((r.id, journal.body(events[r.resolved], ReviewResolved)) for r in items)
    return {id: body.choice for id, body in bodies if body is not None}


def _fits(choice: str, offered: str) -> bool:
    """Whether a choice is what is offered: "link:*" offers whatever stands in place of the star."""
    if offered.endswith(":*"):
        return choice.startswith(offered[:-1]) and len(choice) >= len(offered)
    return choice == offered


def resolve(journal: Journal, view: View, target: str, ids: list[str], choice: str, reason: str) -> int:
    """Record an answer to items; how many. Raises ReviewError for one that does not fit, before any is recorded."""
    items = {q.id: q for q in questions(journal, view, target, {}, status=None)}
    for id in ids:
        if id not in items:
            raise ReviewError(f"there is no review item {id!r}; `cutover review` lists the open ones")
        if not items[id].choices:
            raise ReviewError(f"{id} is not answered but done: {items[id].question}")
        if not any(_fits(choice, offered) for offered in items[id].choices):
            raise ReviewError(f"{id} cannot be answered {choice!r}; its choices are {', '.join(items[id].choices)}")
    opened = {r.id: r.opened for r in view.reviews(status=None)}
    journal.record_all(
        [
            Entry(ReviewResolved(review=i, choice=choice, reason=reason), (items[i].object, items[i].key), opened[i])
            for i in ids
        ]
    )
    return len(ids)
