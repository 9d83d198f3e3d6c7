"""HTML as notes keep it: formatting stays, scripts, styles and unknown tags go.

Which tags Pipedrive keeps is not documented (facts 7.7); this list is ours: the formatting that its editor offers.
"""

import nh3

_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "li", "ol", "p", "pre", "s", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "target"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    strip_comments=True,
    link_rel=None,
    url_schemes={"http", "https", "mailto", "tel"},
)


def clean(html: str) -> str:
    """The text as the server keeps it."""
    return _CLEANER.clean(html)
