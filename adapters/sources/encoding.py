"""Bytes to text: which encoding a whole file is in, by rules that never guess from letter statistics.

A byte order mark decides; else strict UTF-8 over every byte; else NULs at every second byte mean UTF-16; else
Windows-1252.
Statistical detectors are wrong on short or mostly-ASCII text, so none is asked; what was guessed is shown to a person.
"""

import codecs
import re
from typing import BinaryIO

import msgspec

from adapters.sources import UnreadableError

_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 12
_WORDS_SHOWN = 5
_WORD = re.compile(r"\w*[^\x00-\x7f]+\w*")

# cp1252 leaves five bytes without a character; double-encoding programs pass them through as C1 controls.
_C1 = {0x81: "\x81", 0x8D: "\x8d", 0x8F: "\x8f", 0x90: "\x90", 0x9D: "\x9d"}
_BYTE_OF = {bytes([b]).decode("cp1252") if b not in _C1 else _C1[b]: b for b in range(0x80, 0x100)}
_TAIL = "".join(re.escape(c) for c, b in _BYTE_OF.items() if b < 0xC0)
_DOUBLE = re.compile(f"[\u00c2-\u00f4][{_TAIL}]{{1,3}}")


class Encoding(msgspec.Struct, frozen=True):
    """The encoding of a file: a codec name, and words by which a guess can be judged (none when it was no guess)."""

    name: str
    guessed_from: tuple[str, ...] = ()


def detect(stream: BinaryIO, where: str) -> Encoding:
    """Read the whole stream and say its encoding: "utf-8" (with or without mark), "utf-16", "utf-16-le" or "cp1252".

    Raises `UnreadableError` for an empty file, one that breaks its own byte order mark, one that ends within a
    character, and one that no rule fits.
    """
    head = stream.read(_SAMPLE_BYTES)
    if not head:
        raise UnreadableError(f"{where}: the file is empty; export it again.")
    marked = _by_mark(head)
    wide = None if marked else _wide(head)
    if wide:
        return Encoding(wide)
    if marked and marked != "utf-8":
        return Encoding(marked)
    failure = _utf8_failure(head, stream, where)
    if failure is None:
        return Encoding("utf-8")
    if marked:
        raise UnreadableError(
            f"{where}, line {failure}: the file says it is UTF-8 and is not from here on; export it again as UTF-8."
        )
    return _windows(stream, where, failure)


def is_double_encoded(text: str) -> bool:
    """Whether the text holds UTF-8 that was read as Windows-1252 and stored again ("MÃ¼ller")."""
    if text.isascii():
        return False
    return any(_repairs(match.group()) for match in _DOUBLE.finditer(text))


def _repairs(run: str) -> bool:
    raw = bytes(_BYTE_OF[character] for character in run)
    size = 2 if raw[0] < 0xE0 else 3 if raw[0] < 0xF0 else 4
    try:
        raw[:size].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(raw) >= size


def _by_mark(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: mostly NULs at one parity, hardly any at the other."""
    even, odd = head[0::2], head[1::2]
    if len(head) >= 4 and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(head) >= 4 and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _utf8_failure(head: bytes, stream: BinaryIO, where: str) -> int | None:
    """The line of the first byte that is no UTF-8, None when all is; refuses a file that ends within a character."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    line, seen_wide, chunk = 1, False, head
    while chunk:
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        line += text.count("\n")
        seen_wide = seen_wide or not text.isascii()
        chunk = stream.read(_CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if seen_wide:
            raise UnreadableError(
                f"{where}, line {line}: the file ends in the middle of a character, so it was cut short; "
                "export it again."
            ) from None
        return line
    return None


def _windows(stream: BinaryIO, where: str, failure: int) -> Encoding:
    """Windows-1252, if every byte has a meaning there; with some words for a person to look at."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("cp1252")("strict")
    words: dict[str, None] = {}
    while chunk := stream.read(_CHUNK_BYTES):
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError:
            raise UnreadableError(
                f"{where}, line {failure}: the bytes are neither UTF-8 nor Windows-1252; "
                "export the file as UTF-8, or open it in a spreadsheet program and save it as CSV UTF-8."
            ) from None
        for match in _WORD.finditer(text):
            if len(words) == _WORDS_SHOWN:
                break
            words.setdefault(match.group())
    return Encoding("cp1252", tuple(words))
