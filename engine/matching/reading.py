"""Reading a header: from what a system or a person wrote to words of one controlled English.

`read("i360__Cell_Phone__c")` is ("mobile",), `read("Kd-Nr.")` is ("customer number",), `read("Date de création")` is
("created",). A word that no list knows stays as it is, folded.
"""

import re
import unicodedata
from functools import cache, lru_cache

from engine.matching.data import table

PHRASE_WORDS = 5
"""The longest form in words."""

NOISE = frozenset(table("sets")["noise"].split())
"""Words that change nothing about what a header says."""

_ARTICLES = frozenset(table("sets")["articles"].split())

_LINKS = ("s", "n", "en", "er", "es", "e", "")
"""What joins the parts of a compound ("Kunde-n-nummer")."""


def fold(text: str) -> str:
    """Lower case without accents."""
    text = text.casefold().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "œ": "oe", "ı": "i", "’": "'"})


def split(header: str) -> list[str]:
    """A header in folded words: namespaces, capitals, underscores, dots and brackets undone."""
    header = re.sub(r"__(c|pc|r|s)\b", "", header)
    header = re.sub(r"^[A-Za-z0-9]{2,15}__(?=[A-Za-z])", "", header)
    header = re.sub(r"^(custom_?fields?|properties|attributes|cf|udf)[._](?=\w)", "", header, flags=re.IGNORECASE)
    header = re.sub(r"^(hs|nu|cf|mrr|new|cr[0-9a-f]{3})_(?=[a-z])", "", header)
    header = header.removesuffix(".value")
    header = re.sub(r"\b[Ee][-_ ]([Mm]ail)", r"E\1", header)
    header = re.sub(r"(?i)\baddress[ _]?([12])[ _:-]+(?!line)(?=[a-z])", _address, header)
    header = re.sub(r"(.*)[.\[](\d)(?:[.\]](.*)|$)", _indexed, header)
    header = re.sub(r"[^\W\d_]+", _humps, header)
    words = re.findall(r"[^\W\d_]+|\d+|#", fold(header))
    kept = [w for w in words if len(w) < 40 and w not in _ARTICLES]
    return ["no" if w == "#" and len(kept) > 1 else w for w in kept]


def _address(found: re.Match[str]) -> str:
    """`address1_city` is a part of the first address, not its first line."""
    return "address " if found[1] == "1" else "other address "


def _indexed(found: re.Match[str]) -> str:
    """`emails.1.email` is the second."""
    return f"{found[1]} {found[3] or ''}" + (f" {int(found[2]) + 1}" if found[2] != "0" else "")


def _humps(found: re.Match[str]) -> str:
    """Capitals inside a word; short ones are an abbreviation ("MwSt")."""
    parts = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-zà-ÿ]{2})", " ", found[0])
    return parts if max(map(len, parts.split())) > 2 else found[0]


@cache
def forms() -> dict[tuple[str, ...], str]:
    """The controlled word of each form."""
    found: dict[tuple[str, ...], str] = {}
    for word, line in table("words").items():
        for form in [word, *line.split("|")]:
            parts = re.findall(r"[^\W_]+|#", fold(form))
            found.setdefault(tuple(p for p in parts if p not in _ARTICLES), word)
    return found


@cache
def _parts() -> frozenset[str]:
    """Every word that occurs in a form, as a part that a glued header can be cut into."""
    words = frozenset(w for form in forms() for w in form if len(w) > 2)
    return words | NOISE | {"id", "no", "nr", "by"}


@lru_cache(maxsize=4096)
def _cut(word: str) -> tuple[str, ...]:
    """A glued word in its parts ("emailaddress", "Kundennummer"); itself where it has none."""
    known = _parts()
    if word in known or len(word) < 6 or not word.isalpha():
        return (word,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(2, len(word) + 1):
        for start in range(end):
            piece = word[start:end]
            if start not in best or len(piece) < 2:
                continue
            for link in _LINKS:
                stem = piece.removesuffix(link) if link and end < len(word) else piece
                if stem in known and (len(stem) > 3 or stem in ("id", "tel", "fax", "nr", "no", "by", "zip", "job")):
                    candidate = (*best[start], stem)
                    if end not in best or len(candidate) < len(best[end]):
                        best[end] = candidate
    return best.get(len(word), (word,))


def _plain(word: str) -> str:
    """A word as the lists have it, where it was written with ae, oe or ue."""
    if word in _parts():
        return word
    changed = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return changed if changed in _parts() else word


@lru_cache(maxsize=16384)
def read(header: str) -> tuple[str, ...]:
    """The controlled words of a header, in order, without noise."""
    whole = [_plain(w) for w in split(header)]
    words = [part for word in whole for part in _cut(word)]
    known = forms()
    found: list[str] = []
    at = 0
    while at < len(words):
        for size in range(min(PHRASE_WORDS, len(words) - at), 0, -1):
            if (word := known.get(tuple(words[at : at + size]))) is not None:
                found.append(word)
                at += size
                break
        else:
            found.append(words[at])
            at += 1
    return tuple(dict.fromkeys(w for w in found if w not in NOISE)) or tuple(found)
