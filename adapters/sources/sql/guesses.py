"""What the names in a database suggest: which columns make a record's title, who owns it, where the users are.

A guess proposes; the names of columns are all that there is, and a person confirms the map.
"""

import re
from collections.abc import Iterable, Sequence

from adapters.sources.names import fold
from adapters.sources.sql.layout import Table

_WORD_BREAK = re.compile(r"[_.\-\s]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TITLES = ("name", "title", "subject", "full name", "display name", "company name", "company", "label", "description")
_FIRST, _LAST = ("first name", "firstname", "given name"), ("last name", "lastname", "surname", "family name")
_OWNERS = frozenset({"owner", "assigned", "assignee", "responsible", "salesrep", "rep", "salesperson", "agent"})
_USERS = frozenset({"user", "users", "employee", "employees", "staff", "owner", "owners", "rep", "reps"})
_DELETED = frozenset({"deleted", "is deleted", "deleted at", "deleted on", "date deleted", "deleted date", "inactive"})
_PREFIXES = frozenset({"tbl", "t", "dbo", "crm"})


def spaced(name: str) -> str:
    """A name in words: "CompanyID" and "company_id" are both two."""
    return " ".join(part for part in _WORD_BREAK.split(name) if part)


def words(name: str) -> list[str]:
    """The words of a name, folded."""
    return fold(spaced(name)).split()


def title_of(table: str, names: Sequence[str]) -> tuple[str, ...]:
    """The columns that make up a record's name; none where none looks like one."""
    known = {fold(spaced(name)): name for name in reversed(names)}
    both = [next((known[word] for word in some if word in known), None) for some in (_FIRST, _LAST)]
    if all(both):
        return tuple(name for name in both if name)
    own = {form for word in words(table) for form in (f"{word} name", f"{word.removesuffix('s')} name")}
    found = next((known[word] for word in (*_TITLES[:1], *sorted(own), *_TITLES[1:]) if word in known), None)
    return (found,) if found else ()


def owner_of(names: Iterable[str]) -> str | None:
    """The first column whose name speaks of an owner."""
    return next((name for name in names if _OWNERS.intersection(words(name))), None)


def is_users(table: Table) -> bool:
    """Whether a table holds the system's own users: by its name, a key of one column, and an e-mail column."""
    own = [word for word in words(table.place[1]) if word not in _PREFIXES]
    return len(own) == 1 and own[0] in _USERS and len(table.key) == 1 and email_of(table) is not None


def email_of(table: Table) -> str | None:
    """The column of a users' table that holds e-mail addresses."""
    return next((each.name for each in table.columns if {"email", "mail"}.intersection(words(each.name))
                 or fold(spaced(each.name)) in ("e mail", "email address")), None)  # fmt: skip


def deleted_marks(names: Iterable[str]) -> list[str]:
    """The columns in which a record may be marked as deleted."""
    return [name for name in names if fold(spaced(name)) in _DELETED]
