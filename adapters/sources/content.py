"""What a file is by its first bytes, whatever its name says. Few kinds, each beyond doubt."""

from pathlib import PurePosixPath

HEAD_BYTES = 4096
"""How much of a file is looked at."""

UNKNOWN = "application/octet-stream"
"""What no rule knows."""

_PROGRAM = "application/x-executable"
_OLD_OFFICE = "application/x-ole-storage"
_MAGIC = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0", _OLD_OFFICE),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"MZ", _PROGRAM),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"#!", _PROGRAM),
)
_ENDINGS = {
    "application/pdf": ("pdf",), "image/png": ("png",), "image/jpeg": ("jpg", "jpeg", "jpe"), "image/gif": ("gif",),
    "image/bmp": ("bmp",), "image/tiff": ("tif", "tiff"), "image/webp": ("webp",), "audio/wav": ("wav",),
    "video/x-msvideo": ("avi",), "video/mp4": ("mp4", "m4v", "m4a", "mov", "heic", "heif", "3gp"),
    "application/zip": ("zip", "docx", "xlsx", "xlsm", "pptx", "odt", "ods", "odp", "vsdx"),
    "application/vnd.rar": ("rar",), "application/x-7z-compressed": ("7z",), "application/gzip": ("gz", "tgz"),
    _OLD_OFFICE: ("doc", "xls", "ppt", "msg", "pub", "vsd"), "application/rtf": ("rtf",),
    "text/plain": ("txt", "csv", "tsv", "log", "md", "htm", "html", "xml", "json", "eml", "vcf", "ics", "sql"),
}  # fmt: skip
_BY_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
_PROGRAMS = frozenset({
    "exe", "com", "scr", "pif", "bat", "cmd", "msi", "msp", "dll", "cpl", "js", "jse", "vbs", "vbe", "wsf", "wsh",
    "ps1", "hta", "jar", "lnk", "reg", "apk", "app", "sh",
})  # fmt: skip
_NOT_IN_TEXT = frozenset(range(32)) - {9, 10, 12, 13, 27}


def kind_of(head: bytes) -> str:
    """The media type that the first bytes of a file show; "text/plain" for what could be text of any kind."""
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or not _NOT_IN_TEXT & set(head):
        return "text/plain"
    return UNKNOWN


def is_program(name: str, kind: str) -> bool:
    """Whether a file would run when it is opened, by its name or by its content."""
    return kind == _PROGRAM or _ending(name) in _PROGRAMS


def fits(name: str, kind: str) -> bool:
    """Whether a file's name could be that of such a content; names that end in nothing known fit anything."""
    expected = _BY_ENDING.get(_ending(name))
    # Old Word files are rich text as often as not, and a web page may be saved under the name of a sheet.
    return expected in (None, kind) or (expected == _OLD_OFFICE and kind in ("application/rtf", "text/plain"))


def _ending(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".")
