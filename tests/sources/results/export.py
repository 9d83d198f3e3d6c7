"""What the tests of Results share: the bundle, its records, cells as they are read."""

import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.protocols import Finding, ObjectSchema, Record, Schema
from adapters.sources.results import Results
from adapters.sources.values import Parsed, parse
from tests.sources.reading import finish, read_all

BUNDLE = Path(__file__).parents[2] / "bundles" / "results"
CHICAGO = ZoneInfo("America/Chicago")


class Export:
    """One export, read once: its schema, its records by object and id, and what was told of them."""

    def __init__(self, path: Path, dialects: Any = None) -> None:
        self.source = Results(path, dialects)
        self.schema: Schema = finish(self.source.schema())
        self.records: dict[str, dict[str, Record]] = {
            there.name: {r.id: r for r in read_all(self.source, there.name)} for there in self.schema.objects
        }
        self.told: list[Finding] = [
            finding
            for there in self.schema.objects
            for finding in finish(self.source.read(there.name, None, None)).findings
        ]

    def object(self, name: str) -> ObjectSchema:
        """An object's description."""
        found = self.schema.object(name)
        assert found is not None
        return found

    def cell(self, object: str, id: str, key: str) -> str:
        """A cell as it stands."""
        return str(self.records[object][id].values[key])

    def read(self, object: str, id: str, key: str) -> Parsed:
        """A cell as it is understood."""
        field = self.object(object).field(key)
        assert field is not None
        return parse(field, self.cell(object, id, key), CHICAGO)

    def codes(self, object: str, id: str) -> list[str]:
        """What was told of one record."""
        return [finding.code for finding in self.told if (finding.object, finding.key) == (object, id)]

    def sentence(self, code: str, key: str = "") -> str:
        """The one finding of a code, of a record or of the whole export."""
        (found,) = [f for f in (*self.told, *self.schema.findings) if f.code == code and key in ("", f.key)]
        return found.detail

    def where(self, code: str, object: str = "") -> str:
        """Where the whole export has its one finding of a code."""
        (found,) = [f for f in self.schema.findings if f.code == code and object in ("", f.object)]
        return found.where


def copied(folder: Path) -> Path:
    """A copy of the export, to be changed."""
    return Path(shutil.copytree(BUNDLE / "export", folder / "export"))
