"""A counts file: how many records there are of what, as somebody wrote it down, in TOML, JSON or CSV.

TOML and JSON: {"records": {"Contact": 12000, "Deal": "about 800"}, "custom_fields": 14, "pipelines": 2, "seats": 5,
"method": "bundle", "from": "smart-crm-online", "to": "pipedrive", "plan": "growth", "rates": {...}}; only `records`
must be there. CSV: a row an object, the object and its records, with or without a header row. "about 800" or "~800" is
an estimate, and is marked as one wherever it is shown.
"""

import csv
import io
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec

from engine.known import Counts
from engine.quote import Rates
from ops.errors import ConfigError

_NUMBER = re.compile(
    r"(about|approx\.?|circa|ca\.?|~|≈)?\s*(\d{1,3}(?:[,.' _]\d{3})+|\d+)\s*(\?|est\.?|estimate)?", re.I
)

Whole = Annotated[int, msgspec.Meta(ge=0)]


class CountsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What a counts file says."""

    records: dict[str, Whole | str]
    from_: str = ""
    to: str = ""
    plan: str = ""
    custom_fields: Whole | None = None
    pipelines: Whole | None = None
    seats: Annotated[int, msgspec.Meta(ge=1)] = 1
    method: str = ""
    rates: Rates | None = None

    def counts(self, path: Path) -> Counts:
        """The counts. Raises ConfigError for what is no number, and names it."""
        if not self.records:
            raise ConfigError(f"{path} counts nothing: name objects under `records`")
        if self.method not in ("", "api", "bundle", "database", "workbook"):
            raise ConfigError(f"{path}: method: {self.method!r} is none of api, bundle, database, workbook")
        read = {name: _number(path, name, value) for name, value in self.records.items()}
        return Counts(
            records={name: number for name, (number, _) in read.items()},
            estimated=frozenset(name for name, (_, guessed) in read.items() if guessed),
            custom_fields=self.custom_fields,
            pipelines=self.pipelines,
            seats=self.seats,
            method=self.method,
        )


def read_counts(path: Path) -> CountsFile:
    """A counts file. Raises ConfigError, with what to change."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not written in UTF-8: save it in UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return msgspec.convert(_parsed(path, text), CountsFile)
    except (tomllib.TOMLDecodeError, msgspec.DecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: {error}") from None


def _parsed(path: Path, text: str) -> Any:
    match path.suffix.lower():
        case ".json":
            return msgspec.json.decode(text)
        case ".csv":
            return {"records": _of_csv(path, text)}
        case ".toml":
            return tomllib.loads(text)
    raise ConfigError(f"{path}: a counts file ends in .toml, .json or .csv")


def _of_csv(path: Path, text: str) -> dict[str, str]:
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    found: dict[str, str] = {}
    for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
        cells = [one.strip() for one in row]
        if not any(cells):
            continue
        if len(cells) < 2 or not cells[0]:
            raise ConfigError(f"{path}, line {line}: a row names an object and its records, e.g. Contact,12000")
        if line == 1 and not _NUMBER.fullmatch(cells[1]):
            continue  # a header row
        if cells[0] in found:
            raise ConfigError(f"{path}, line {line}: {cells[0]} is there twice")
        found[cells[0]] = cells[1]
    return found


def _number(path: Path, name: str, value: int | str) -> tuple[int, bool]:
    if isinstance(value, int):
        return value, False
    found = _NUMBER.fullmatch(value.strip())
    if found is None:
        raise ConfigError(f'{path}: {name}: {value!r} is no number; write 12000, or "about 12000" for an estimate')
    return int(re.sub(r"\D", "", found[2])), bool(found[1] or found[3])
