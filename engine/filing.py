"""Filing: a record that is a file is uploaded, or a note on the same parent says where it lies instead."""

import msgspec

from adapters.protocols import Fields, ObjectSchema
from engine.attachments import Stored, becomes_link, described
from engine.caps import text_field
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.view import Part
from engine.want import Want, held, skipped


class Filing:
    """Makes wants of records of the kind "file"."""

    def __init__(self, history: History, notes: Notes) -> None:
        self.history = history
        self.notes = notes

    def want(self, item: Item, entity: ObjectSchema, name: str, fields: Fields) -> Want:
        """A file to upload, or the note on the same parent that says where it lies instead."""
        if "digest" not in fields.get(name, {}):
            return self._missing_file(item, name, fields)
        stored = msgspec.convert(fields[name], Stored)
        why = becomes_link(self.history.mapping.files, stored)
        if not why:
            return Want(part=Part(entity.name, *item.subject), fields=fields, cause=item.position)
        self.notes.tell("file-linked", f"{stored.name}: {why}; a note says where it is", item.subject)
        return self._instead(item, name, fields, described(self.history.mapping.files, stored), why)

    def _missing_file(self, item: Item, name: str, fields: Fields) -> Want:
        """A file that could not be had: it waits, a note names it, or it is left out."""
        id = f"file-missing-{self.history.token('/'.join(item.subject))[:10]}"
        answer = self.history.answers.get(id, "")
        if answer == "skip":
            raise skipped("the source has not its file; left out by decision", id)
        if answer == "note":
            called = fields.pop("name", "") or fields.get(name, {}).get("name") or f"{item.object} {item.key}"
            words = f"File: {called}. It is not moved: the source did not give it; save it there by hand."
            return self._instead(item, name, fields, words, "the source has not its file")
        question = (
            f"{item.object} {item.key} is a file that the source does not give. Save it there by hand and add it here "
            "later: a note names it meanwhile. Or export it again, or skip it."
        )
        choices = ("note", "skip") if self.history.destination.object("note") else ("skip",)
        self.notes.ask(Draft(id=id, kind="file-missing", subject=item.subject, question=question, choices=choices))
        raise held("file missing", id)

    def _instead(self, item: Item, name: str, fields: Fields, said: str, why: str) -> Want:
        """The note that stands for a file, on the same parent."""
        note = self.history.destination.object("note")
        text = text_field(note)
        if note is None or text is None:
            raise skipped(f"{why}, and there are no notes to say where it is")
        kept = {k: v for k, v in fields.items() if (note.field(k) is not None or k == note.block) and k != text}
        words = [said]
        for key in fields.keys() - kept.keys() - {name}:
            if isinstance(fields[key], str):
                words.append(fields[key])
            else:
                self.notes.tell("not-written", f"{key}: a note has no place for it", item.subject, key)
        return Want(part=Part("note", *item.subject), fields=kept | {text: "\n".join(words)}, cause=item.position)
