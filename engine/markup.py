"""Markup: the HTML of notes and bodies, made safe, made plain, and its pictures."""

import html
import re

import nh3

_TAGS = (
    "p", "br", "div", "span", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a", "img", "table", "tr", "td", "th",
    "blockquote", "h1", "h2", "h3", "pre", "code",
)  # fmt: skip
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*("([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^>]*>|</(?:p|div|tr|h[1-6]|ul|ol|table|blockquote|pre)>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def to_html(text: str) -> str:
    """Text as safe HTML: markup is kept without what could run; plain text is escaped, line breaks kept."""
    if looks_like_html(text):
        return nh3.clean(text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r\n", "\n").replace("\n", "<br>")


def looks_like_html(text: str) -> bool:
    """Whether a text holds at least one tag that documents are made of."""
    lower = text.lower()
    return any(f"<{tag}>" in lower or f"<{tag} " in lower or f"<{tag}/" in lower for tag in _TAGS)


def to_text(text: str) -> str:
    """HTML as plain text: lines where blocks end, a dash before an item, a link's address behind its words."""
    text = re.sub(r"\s*\n\s*", " ", text)
    text = re.sub(
        r"""<a\b[^>]*\bhref\s*=\s*["']([^"']*)["'][^>]*>(.*?)</a>""",
        lambda found: found[2] if found[1] in found[2] else f"{found[2]} ({found[1]})",
        text,
        flags=re.IGNORECASE,
    )
    text = _BREAK.sub("\n", _ITEM.sub("\n- ", text))
    plain = html.unescape(nh3.clean(text, tags=set()))
    lines = [line.strip() for line in plain.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def images(text: str) -> tuple[str, list[str]]:
    """A text with its pictures, and the names of those that cannot be shown: theirs stand in their place."""
    gone: list[str] = []

    def shown(found: re.Match[str]) -> str:
        attributes = {a[1].lower(): a[3] or a[4] or a[5] or "" for a in _ATTRIBUTE.finditer(found[0])}
        source = html.unescape(attributes.get("src", ""))
        if source.lower().startswith(("http://", "https://")):
            return found[0]
        named = source.rpartition("/")[2].removeprefix("cid:") if not source.startswith("data:") else "embedded picture"
        gone.append(html.unescape(attributes.get("alt", "")) or named or "picture")
        return f"[picture not moved: {html.escape(gone[-1])}]"

    return _IMAGE.sub(shown, text), gone
