"""Outcomes: what became of one intent, as it is recorded, and the question that is asked about one in doubt."""

from adapters.protocols import Applied, Destination, Fields, Intent, Refused
from engine.account import Sent
from engine.events import WriteApplied, WriteIntended, WriteRejected
from engine.journal import Subject
from engine.times import rfc3339
from eventstore.codec import Recorded


def applied(body: WriteIntended, intent: int, result: Applied, how: str, sent: Sent, known: Fields) -> WriteApplied:
    """A write that was applied. `known`: what the destination has answered so far about the record."""
    return WriteApplied(
        target=body.target,
        entity=body.entity,
        action=body.action,
        id=result.id if body.action == "create" else body.id,
        intent=intent,
        part=body.part,
        how=how,  # type: ignore[arg-type]
        map_version=body.map_version,
        whole_hash=body.whole_hash,
        undoes=body.undoes,
        partial=body.partial,
        children=result.children,
        request=sent.body(),
        answer=result.answer,
        values=known | _shown(body, result, how),
    )


def _shown(body: WriteIntended, result: Applied, how: str) -> Fields:
    """What a write has shown of its record; of what was found, the fields that lists leave out are as we wrote them."""
    return body.fields | result.values if how in ("found", "late") and body.action != "delete" else result.values


def of_ours(destination: Destination, body: WriteIntended, values: Fields, known: Fields) -> Fields:
    """What an update has surely made of its record: what it wrote, what travels along, and what nobody knew before."""
    mine = body.fields.keys() | destination.companions(body.entity, body.fields)
    return {k: v for k, v in values.items() if k in mine or k not in known}


def answered(destination: Destination, body: WriteIntended, values: Fields, read: Fields) -> Fields:
    """What the answer to an update shows of our doing; `read`: the record right before, so that what follows is told.

    Of the other fields, one that is ours and stands otherwise than it was read has been changed by a person in between,
    and stays their edit.
    """
    follows = {
        k: v
        for k, v in values.items()
        if k in read and k not in body.whole and not destination.same(body.entity, k, read[k], v)
    }
    return follows | of_ours(destination, body, values, read)


def rejected(body: WriteIntended, intent: int, verdict: Refused, sent: Sent, wanted: str) -> WriteRejected:
    """A write that was refused for good. `wanted`: the keyed hash of all that the record was to hold."""
    return WriteRejected(
        target=body.target,
        entity=body.entity,
        intent=intent,
        wanted_hash=wanted,
        status=verdict.status,
        code=verdict.code,
        message=verdict.message,
        undoes=body.undoes,
        request=sent.body(),
    )


def unchangeable(body: WriteIntended) -> Refused:
    """The refusal of an update for which the API has no request."""
    keys = ", ".join(sorted(body.fields))
    words = f"The API cannot change {keys} of a {body.entity} that exists: nothing was sent. Change it there by hand."
    return Refused(status=0, code="unchangeable", message=words)


def subject_of(recorded: Recorded) -> Subject:
    """The subject of an event."""
    return recorded.object or "", recorded.key or ""


def question(intent: Recorded, body: WriteIntended) -> Intent:
    """What `Destination.find` is asked about a write in doubt."""
    return Intent(
        action=body.action,
        entity=body.entity,
        id=body.id,
        mark=body.mark,
        at=rfc3339(intent.at, timespec="seconds"),
        fields=body.fields,
        before=body.before,
    )
