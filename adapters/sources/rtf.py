"""Rich text (RTF), as desktop programs keep it in their memo fields, to plain text."""

from striprtf.striprtf import rtf_to_text

_START = "{\\rtf"


def is_rtf(cell: str) -> bool:
    """Whether a cell holds the source of a rich text."""
    return cell.startswith(_START) or (_START in cell and cell.lstrip().startswith(_START))


def plain(cell: str) -> str | None:
    """The text of a rich text, without its formatting; None where it cannot be read."""
    try:
        return str(rtf_to_text(cell.strip(), errors="replace")).rstrip()  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError):
        return None
