"""What reading a file turns up that is no record: collected a kind at a time, told as findings at the end."""

from collections import Counter

from adapters.protocols import Finding

_PLACES_SHOWN = 20


class Notes:
    """Counts remarks on one file by code, with the first places of each, so that a huge file cannot fill memory.

    `shown` counts how cells of a column (from 0) are shown in a workbook: "percent", or "1904" for a bare number in one
    that counts its days from then.
    """

    def __init__(self, object: str, file: str) -> None:
        self._object = object
        self._file = file
        self._counts: dict[str, int] = {}
        self._places: dict[str, list[tuple[int, str]]] = {}
        self.shown: Counter[tuple[int, str]] = Counter()

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
    "control-characters": "Cells with control characters; vertical tabs became line breaks, others were removed",
    "encoding-guess": "No byte order mark and no UTF-8, so read as Windows-1252; words to check",
    "error-cell": "Cells in which a formula failed; their error is kept as text",
    "formula-no-value": "Formulas that no spreadsheet program has worked out yet, so they are empty here; "
    "open the file in one and save it",
    "long-number": "Numbers of more than 15 digits, the last of which a workbook does not keep; check them",
    "looks-like-total": "Rows that read like a totals line but are followed by records; kept as records",
    "mojibake": "Cells with UTF-8 that was read as Windows-1252 and stored again; kept as they are",
    "new-column": "Columns that were not there when the dialect was stored",
    "no-final-newline": "The last row has no line end; check that its last cell is whole",
    "null-words": "The word NULL stands for nothing in this table, as a query tool writes it; words so read",
    "nul": "Lines with NUL characters; these were removed",
    "object-by-columns": "The name tells another object than the columns, which decide",
    "ragged-row": "Rows with another number of cells than the header; held back, none of their cells is used",
    "repeated-header": "The header row again, as where parts were joined; skipped",
    "row-limit": "The sheet is as long as a sheet can be; what did not fit is missing, so export in parts",
    "rtf": "Cells in rich text (RTF); read as plain text, the source is kept beside it",
    "rtf-unread": "Cells in rich text (RTF) that cannot be read; kept as they are",
    "second-header": "Lines below the header that explain it, skipped",
    "sheet-end": "More than 1,000 empty rows, and the sheet goes on; what may stand below is not read",
    "stray-cell": "Rows with cells beyond the last column; those cells are not read",
    "title-line": "Lines above the header row, skipped",
    "totals-line": "Totals or other closing lines, not records",
    "unnamed-column": "Columns without a name that hold values; named by their position",
    "unnamed-columns-dropped": "Columns without a name and without a single value, left out",
}
