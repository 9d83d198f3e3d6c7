"""Names, domains and hosts in the form in which they are compared."""

import re
import unicodedata

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)

_FREE_PROVIDERS = frozenset({
    "aol", "fastmail", "freemail", "gmail", "gmx", "googlemail", "hotmail", "icloud", "live", "mailinator", "msn",
    "outlook", "proton", "protonmail", "rediffmail", "rocketmail", "tutanota", "yahoo", "yandex", "ymail", "zoho",
})  # fmt: skip
_FREE_HOSTS = frozenset({
    "126.com", "163.com", "att.net", "bellsouth.net", "btinternet.com", "comcast.net", "cox.net", "free.fr",
    "laposte.net",
    "libero.it", "mac.com", "mail.com", "mail.ru", "me.com", "orange.fr", "pm.me", "qq.com", "sbcglobal.net",
    "t-online.de",
    "verizon.net", "wanadoo.fr", "web.de",
})  # fmt: skip
_SHARED_HOSTS = frozenset({
    "business.site", "facebook.com", "instagram.com", "linkedin.com", "linktr.ee", "sites.google.com",
    "twitter.com", "x.com",
    "youtube.com",
})  # fmt: skip


def fold(name: str) -> str:
    """The form in which names are compared: Unicode NFC, case-folded, blanks collapsed, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())


def domain(url: str) -> str | None:
    """The host of a web address, e-mail address or bare host, in comparable form; None where there is none.

    Scheme, user, "www.", port, path, case and a trailing dot are dropped; international names are in ASCII form.
    """
    rest = _SCHEME.sub("", url.strip())
    host = re.split(r"[/?#\s]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    host = host.removeprefix("www.")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return host if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", host) else None


def is_free_mail(host: str) -> bool:
    """Whether a host (or an address at it) gives mailboxes to anybody, so that it says nothing about a company."""
    name = domain(host)
    if name is None:
        return False
    labels = name.split(".")
    return name in _FREE_HOSTS or (labels[0] in _FREE_PROVIDERS and len(labels) <= 3)


def is_shared_host(host: str) -> bool:
    """Whether many companies have their page at this host, so that it does not tell one from another."""
    name = domain(host)
    return name is not None and any(name == shared or name.endswith(f".{shared}") for shared in _SHARED_HOSTS)
