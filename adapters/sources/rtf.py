"""Rich text (RTF), as desktop programs keep it in their memo fields, to plain text."""

from collections.abc import Sequence

from striprtf.striprtf import rtf_to_text

_START = "{\\rtf"


def places(cells: Sequence[str]) -> list[int]:
    """Which cells of a row hold the source of a rich text."""
    if _START not in "".join(cells):
        return []
    return [place for place, cell in enumerate(cells) if cell.lstrip().startswith(_START)]


def plain(cell: str) -> str | None:
    """The text of a rich text, without its formatting; None where it cannot be read."""
    try:
        return str(rtf_to_text(cell.strip(), errors="replace")).rstrip()  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError):
        return None
