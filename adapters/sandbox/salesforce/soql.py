"""SOQL: from text to a statement, each part with its place in the text, for messages.

What the language has and the sandbox does not answer (sub-queries, TYPEOF, GROUP BY, functions) is recognised and named
in `Statement.more`, so that it is not mistaken for an error.
"""

import re
from datetime import datetime
from typing import Literal, NamedTuple

from adapters.sandbox.salesforce.errors import RefusedError, located

LONGEST = 100_000
"""Characters of a statement."""

Kind = Literal["name", "string", "number", "date", "datetime", "sign", "end"]
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>'(?:[^'\\\n]|\\.)*')
    |(?P<datetime>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))
    |(?P<date>\d{4}-\d{2}-\d{2}(?!T))
    |(?P<number>[+-]?\d+(?:\.\d+)?(?![\w-]))
    |(?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*(?::\d+)?)
    |(?P<sign><=|>=|!=|<>|[=<>(),])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "f": "\f"}
_LITERALS = ("'", '"', "\\", "_", "%")
_COMPARED = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CLAUSES = ("WHERE", "WITH", "GROUP", "ORDER", "LIMIT", "OFFSET", "HAVING", "FOR", "USING", "UPDATE", "ALL")


class Token(NamedTuple):
    """A word of the text and where it stands."""

    kind: Kind
    text: str
    at: int


class Field(NamedTuple):
    """A field or a path of relationships to one, as it was written."""

    path: tuple[str, ...]
    at: int


class Value(NamedTuple):
    """A literal: for a string what stands between the quotes, escapes included."""

    kind: Literal["string", "number", "date", "datetime", "true", "false", "null"]
    text: str


class Comparison(NamedTuple):
    """A condition on one field. sign: = != < <= > >= LIKE IN, NOT IN, INCLUDES, EXCLUDES."""

    field: Field
    sign: str
    values: tuple[Value, ...]


class Join(NamedTuple):
    """Conditions of which all ("AND") or one ("OR") must hold, or whose only one must not ("NOT")."""

    word: Literal["AND", "OR", "NOT"]
    parts: "tuple[Condition, ...]"


Condition = Comparison | Join


class Order(NamedTuple):
    """One key of the order."""

    field: Field
    descending: bool
    nulls_first: bool


class Statement(NamedTuple):
    """A query. every: "ALL", "STANDARD" or "CUSTOM" where FIELDS() is selected. counts: SELECT COUNT().

    more: what else it uses, as the sandbox's words for it: "typeof", "sub-query", "aggregate", "group by" ...
    """

    text: str
    fields: tuple[Field, ...]
    every: str
    counts: bool
    object: str
    object_at: int
    where: Condition | None
    order: tuple[Order, ...]
    limit: int | None
    offset: int
    more: frozenset[str]


def plain(raw: str, text: str, at: int) -> str:
    """What a string literal means. Raises RefusedError for an escape that there is not."""
    out, rest = [], iter(raw)
    for char in rest:
        if char != "\\":
            out.append(char)
            continue
        escaped = next(rest)
        if escaped not in _ESCAPES and escaped not in _LITERALS:
            raise RefusedError("MALFORMED_QUERY", located(text, at, f"Illegal string literal: '\\{escaped}'"))
        out.append(_ESCAPES.get(escaped, escaped))
    return "".join(out)


def pattern(raw: str) -> re.Pattern[str]:
    """The pattern of a LIKE: % for any text, _ for one character, unless escaped; case does not count."""
    out, rest = [], iter(raw)
    for char in rest:
        if char == "\\":
            escaped = next(rest)
            out.append(re.escape(_ESCAPES.get(escaped, escaped)))
        else:
            out.append({"%": ".*", "_": "."}.get(char) or re.escape(char))
    return re.compile("".join(out), re.IGNORECASE | re.DOTALL)


def parse(text: str) -> Statement:
    """Read a query. Raises RefusedError MALFORMED_QUERY."""
    if len(text) > LONGEST:
        raise RefusedError("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST} characters.")
    return _Parser(text).statement()


def _tokens(text: str) -> list[Token]:
    out, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise RefusedError("MALFORMED_QUERY", located(text, at, f"unexpected token: '{_word(text, at)}'"))
        kind = found.lastgroup
        if kind != "space":
            out.append(Token(kind, found.group(), at))  # type: ignore[arg-type]
        at = found.end()
    return [*out, Token("end", "<EOF>", len(text))]


def _word(text: str, at: int) -> str:
    return text[at : at + 40].split()[0]


class _Parser:
    """Goes through the words once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._more: set[str] = set()
        self._every = ""
        self._counts = False

    def statement(self) -> Statement:
        self._need("SELECT")
        fields = self._select()
        self._need("FROM")
        if self._peek().kind != "name":
            raise self._unexpected()
        name = self._take()  # objects may be called like clauses: Group, Order
        alias = self._alias()
        where = self._conditions() if self._has("WHERE") else None
        self._grouping()
        order = self._order() if self._has("ORDER") else ()
        limit = self._number("LIMIT") if self._has("LIMIT") else None
        offset = self._number("OFFSET") if self._has("OFFSET") else 0
        if self._peek().kind != "end":
            raise self._unexpected()
        if alias:
            fields = [_without(alias, f) for f in fields]
            where = _unaliased(where, alias)
            order = tuple(o._replace(field=_without(alias, o.field)) for o in order)
        more = frozenset(self._more)
        found = tuple(fields), self._every, self._counts, name.text, name.at, where, tuple(order), limit, offset, more
        return Statement(self._text, *found)

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._peek()
        self._at += token.kind != "end"
        return token

    def _is(self, *words: str) -> bool:
        return self._peek().kind in ("name", "sign") and self._peek().text.upper() in words

    def _has(self, word: str) -> bool:
        """Take the word if it comes next."""
        if self._is(word):
            self._at += 1
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._has(word):
            raise self._unexpected()

    def _unexpected(self) -> RefusedError:
        token = self._peek()
        return RefusedError("MALFORMED_QUERY", located(self._text, token.at, f"unexpected token: '{token.text}'"))

    def _name(self) -> Token:
        if self._peek().kind != "name" or self._peek().text.upper() in (
            *_CLAUSES,
            "FROM",
            "SELECT",
            "AND",
            "OR",
            "NOT",
        ):
            raise self._unexpected()
        return self._take()

    def _alias(self) -> str:
        if self._peek().kind == "name" and not self._is(*_CLAUSES):
            return self._take().text
        return ""

    def _number(self, word: str) -> int:
        token = self._take()
        if token.kind != "number" or not token.text.isdigit():
            raise RefusedError("MALFORMED_QUERY", located(self._text, token.at, f"{word} needs a whole number"))
        return int(token.text)

    def _select(self) -> list[Field]:
        fields: list[Field] = []
        while True:
            if self._has("("):
                self._more.add("sub-query")
                self._skip()
            elif self._is("TYPEOF"):
                self._more.add("typeof")
                while not self._has("END"):
                    if self._take().kind == "end":
                        raise self._unexpected()
            else:
                self._selected(fields)
            if not self._has(","):
                return fields

    def _selected(self, fields: list[Field]) -> None:
        name = self._name()
        if not self._has("("):
            fields.append(Field(tuple(name.text.split(".")), name.at))
            if self._peek().kind == "name" and not self._is("FROM"):
                raise self._unexpected()
            return
        word = name.text.upper()
        if word == "COUNT" and self._has(")"):
            self._counts = True
        elif word == "FIELDS":
            self._every = self._take().text.upper()
            self._need(")")
            if self._every not in ("ALL", "STANDARD", "CUSTOM"):
                raise self._unexpected()
        else:
            aggregates = ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX")
            self._more.add("aggregate" if word in aggregates else f"function {name.text}")
            self._skip()

    def _skip(self) -> None:
        """Leave out what stands in parentheses, the first one being taken."""
        depth = 1
        while depth:
            token = self._take()
            if token.kind == "end":
                raise self._unexpected()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0

    def _grouping(self) -> None:
        for word in ("WITH", "GROUP", "HAVING"):
            if self._is(word):
                self._more.add("group by" if word == "GROUP" else word.lower())
                while not (self._peek().kind == "end" or self._is("ORDER", "LIMIT", "OFFSET", "HAVING")):
                    self._take()

    def _conditions(self) -> Condition:
        """One kind of conjunction a level: SOQL wants parentheses where AND and OR meet, and around a later NOT."""
        if self._has("NOT"):
            return Join("NOT", (self._condition(),))
        parts = [self._condition()]
        word: Literal["AND", "OR"] = "OR" if self._is("OR") else "AND"
        while self._has(word):
            parts.append(self._condition())
        if self._is("AND", "OR"):
            raise self._unexpected()
        return parts[0] if len(parts) == 1 else Join(word, tuple(parts))

    def _condition(self) -> Condition:
        if self._has("("):
            inner = self._conditions()
            self._need(")")
            return inner
        name = self._name()
        field = Field(tuple(name.text.split(".")), name.at)
        if self._has("("):
            self._more.add(f"function {name.text}")
            self._skip()
        sign = self._sign()
        if sign in ("IN", "NOT IN", "INCLUDES", "EXCLUDES"):
            return Comparison(field, sign, self._list())
        return Comparison(field, sign, (self._value(),))

    def _sign(self) -> str:
        token = self._take()
        word = token.text.upper()
        if token.kind == "sign" and word in _COMPARED:
            return _COMPARED[word]
        if token.kind == "name" and word in ("LIKE", "IN", "INCLUDES", "EXCLUDES"):
            return word
        if token.kind == "name" and word == "NOT" and self._has("IN"):
            return "NOT IN"
        self._at -= token.kind != "end"
        raise self._unexpected()

    def _list(self) -> tuple[Value, ...]:
        self._need("(")
        if self._is("SELECT"):
            self._more.add("semi-join")
            self._skip()
            return ()
        values = [self._value()]
        while self._has(","):
            values.append(self._value())
        self._need(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._peek()
        word = token.text.upper()
        if token.kind == "string":
            inner = token.text[1:-1]
            plain(inner, self._text, token.at)
            self._take()
            return Value("string", inner)
        if token.kind in ("number", "date", "datetime"):
            try:
                if token.kind != "number":
                    datetime.fromisoformat(token.text)
            except ValueError:
                raise self._unexpected() from None
            self._take()
            return Value(token.kind, token.text)
        if token.kind == "name" and word in ("TRUE", "FALSE", "NULL"):
            self._take()
            return Value(word.lower(), word)  # type: ignore[arg-type]
        if token.kind == "name" and re.fullmatch(r"(TODAY|YESTERDAY|TOMORROW|(LAST|THIS|NEXT)_\w+(:\d+)?)", word):
            self._more.add(f"date literal {token.text}")
            self._take()
            return Value("null", "NULL")
        raise self._unexpected()

    def _order(self) -> tuple[Order, ...]:
        self._need("BY")
        keys = []
        while True:
            name = self._name()
            field = Field(tuple(name.text.split(".")), name.at)
            descending = self._has("DESC")
            if not descending:
                self._has("ASC")
            first = True
            if self._has("NULLS"):
                first = self._has("FIRST")
                if not first:
                    self._need("LAST")
            keys.append(Order(field, descending, first))
            if not self._has(","):
                return tuple(keys)


def _without(alias: str, field: Field) -> Field:
    if len(field.path) > 1 and field.path[0].lower() == alias.lower():
        return Field(field.path[1:], field.at)
    return field


def _unaliased(where: Condition | None, alias: str) -> Condition | None:
    if isinstance(where, Join):
        return Join(where.word, tuple(one for part in where.parts if (one := _unaliased(part, alias)) is not None))
    return where if where is None else where._replace(field=_without(alias, where.field))
