"""Objects that no source has as such: one record for each different text in a field of other objects."""

import re
from collections.abc import Iterable, Iterator

from adapters.protocols import Field, Finding, Identity, ObjectSchema, Record
from adapters.sources.index import Index
from adapters.sources.names import fold
from adapters.sources.rest.table import Derived

_FORMS = re.compile(
    r"[,.]?\s+(inc|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|sa|sarl|bv|plc|pty ltd)\.?$", re.IGNORECASE
)


def described(derived: Derived) -> ObjectSchema:
    """The schema of a derived object; how many there are is known when all is read."""
    sources = ", ".join(f"{object}.{field}" for object, field in derived.of)
    fields = (
        Field(key="ID", label="ID", kind="text", required=True),
        Field(key="Name", label="Name", kind="text", required=True, position=1),
    )
    return ObjectSchema(
        name=derived.object, label=derived.label, fields=fields, identity=Identity(id_field="ID", natural=(("Name",),)),
        title=("Name",), count=None, method=f"one for each different text in {sources}, case and blanks apart",
    )  # fmt: skip


class Distinct:
    """The texts that have been given; on disk, so that memory stays flat."""

    def __init__(self) -> None:
        self._seen = Index()

    def records(
        self, derived: Derived, field: str, records: Iterable[Record]
    ) -> Iterator[tuple[Record, Finding | None]]:
        """A record for each new text, and what to say where it differs from another by its legal form alone."""
        for record in records:
            name = " ".join(record.values.get(field, "").split())
            folded = fold(name)
            if not name or record.deleted or not self._is_new("text", folded):
                continue
            id = f"{derived.prefix}:{folded}"
            made = Record(
                values={"ID": id, "Name": name}, id=id, where=f"{record.where} {field}",
                raw={field: record.values.get(field, "")},
            )  # fmt: skip
            yield made, self._alike(derived, made, name)

    def _alike(self, derived: Derived, record: Record, name: str) -> Finding | None:
        bare = _FORMS.sub("", fold(name)).strip()
        if self._is_new("bare", bare):
            return None
        return Finding(
            code="alike-names", object=derived.object, key=record.id, where=record.where,
            detail=f"{name} reads like another one but for its legal form ({bare}); they are kept apart.",
        )  # fmt: skip

    def _is_new(self, kind: str, text: str) -> bool:
        """Whether a text was not there yet; now it is."""
        if self._seen.ids(kind, text, 1):
            return False
        self._seen.put(kind, text, "")
        return True
