"""What reading a file turns up that is no record: collected a kind at a time, told as findings at the end."""

from adapters.protocols import Finding

_PLACES_SHOWN = 20


class Notes:
    """Counts remarks on one file by code, with the first places of each, so that a huge file cannot fill memory."""

    def __init__(self, object: str, file: str) -> None:
        self._object = object
        self._file = file
        self._counts: dict[str, int] = {}
        self._places: dict[str, list[tuple[int, str]]] = {}

    def add(self, code: str, line: int, what: str = "") -> None:
        """Remember one remark: its code, its line (from 1), and what stood there."""
        self._counts[code] = self._counts.get(code, 0) + 1
        places = self._places.setdefault(code, [])
        if len(places) < _PLACES_SHOWN:
            places.append((line, what))

    def count(self, code: str) -> int:
        """How often the code was remarked."""
        return self._counts.get(code, 0)

    def lines(self, code: str) -> str:
        """The lines of a code, as text: "11, 24 (Notes)"."""
        shown = ", ".join(f"{line} ({what})" if what else str(line) for line, what in self._places.get(code, ()))
        more = self.count(code) - len(self._places.get(code, ()))
        return f"{shown} and {more} more" if more else shown

    def findings(self) -> tuple[Finding, ...]:
        """One finding a code, in the order of their first appearance."""
        return tuple(
            Finding(
                code=code,
                object=self._object,
                where=f"{self._file}:{self._places[code][0][0]}",
                detail=f"{_SENTENCES.get(code, code)}: {count}, at line {self.lines(code)}.",
            )
            for code, count in self._counts.items()
        )


_SENTENCES = {
    "blank-line": "Blank lines, skipped",
    "encoding-guess": "No byte order mark and no UTF-8, so read as Windows-1252; words to check",
    "looks-like-total": "Rows that read like a totals line but are followed by records; kept as records",
    "mojibake": "Cells with UTF-8 that was read as Windows-1252 and stored again; kept as they are",
    "new-column": "Columns that were not there when the dialect was stored",
    "no-final-newline": "The last row has no line end; check that its last cell is whole",
    "nul": "Lines with NUL characters; these were removed",
    "ragged-row": "Rows with another number of cells than the header; held back, none of their cells is used",
    "repeated-header": "The header row again, as where parts were joined; skipped",
    "title-line": "Lines above the header row, skipped",
    "totals-line": "Totals or other closing lines, not records",
    "unnamed-column": "Columns without a name that hold values; named by their position",
    "unnamed-columns-dropped": "Columns without a name and without a single value, left out",
}
