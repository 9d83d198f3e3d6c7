"""Conditions: which literals and signs a field takes, and how a record's value is compared.

An empty text is nothing, and nothing is a value like others: `!= 'x'` keeps records without one. Text is compared
without regard to case, ids with it.
"""

import operator
from collections.abc import Callable
from typing import Any

from adapters.sandbox.salesforce import ids, soql, times
from adapters.sandbox.salesforce.errors import RefusedError, located
from adapters.sandbox.salesforce.soql import Comparison, Value
from adapters.sandbox.salesforce.state import Row

Test = Callable[[Any], bool]

_KINDS = {
    "id": "id", "reference": "id", "boolean": "boolean", "int": "number", "long": "number", "double": "number",
    "currency": "number", "percent": "number", "date": "date", "datetime": "datetime", "multipicklist": "many",
}  # fmt: skip
"""How the types compare; all others are text."""
_LITERALS = {"boolean": ("true", "false"), "number": ("number",), "date": ("date",), "datetime": ("datetime",)}
_BETWEEN: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SIGNS = {
    "boolean": ("=", "!="),
    "many": ("=", "!=", "INCLUDES", "EXCLUDES"),
    "id": ("=", "!=", "IN", "NOT IN", *_BETWEEN),
}
_USUAL = ("=", "!=", "IN", "NOT IN", *_BETWEEN)


def test(text: str, condition: Comparison, name: str, field: Row) -> Test:
    """The test of a field's value. Raises RefusedError where the field takes no such sign or literal."""
    place = condition.field.at
    if not field["filterable"]:
        raise RefusedError("INVALID_FIELD", located(text, place, f"field '{name}' can not be filtered in a query call"))
    kind = _KINDS.get(field["type"], "text")
    if condition.sign not in _SIGNS.get(kind, (*_USUAL, "LIKE") if kind == "text" else _USUAL):
        raise RefusedError("INVALID_FIELD", located(text, place, f"invalid operator on {field['type']} field"))
    if condition.sign == "LIKE":
        return _like(text, condition, name)
    if condition.sign in ("INCLUDES", "EXCLUDES"):
        return _includes(text, condition)
    wanted = [_literal(text, condition, name, field, kind, one) for one in condition.values]
    return _compared(condition.sign, wanted, lambda value: _given(kind, value))


def _compared(sign: str, wanted: list[Any], given: Callable[[Any], Any]) -> Test:
    if sign in ("=", "IN"):
        return lambda value: given(value) in wanted
    if sign in ("!=", "NOT IN"):
        return lambda value: given(value) not in wanted
    compare, bound = _BETWEEN[sign], wanted[0]

    def between(value: Any) -> bool:
        found = given(value)
        if bound is None:
            return found is not None and sign in (">", ">=")
        return found is not None and compare(found, bound)

    return between


def _like(text: str, condition: Comparison, name: str) -> Test:
    only = condition.values[0]
    if only.kind != "string":
        raise _wrong(text, condition, name, "string", quoted=True)
    wanted = soql.pattern(only.text)
    return lambda value: isinstance(value, str) and wanted.fullmatch(value) is not None


def _includes(text: str, condition: Comparison) -> Test:
    """A value that has all of 'A;B', or all of another of the list."""
    wanted = [set(soql.plain(one.text, text, condition.field.at).casefold().split(";")) for one in condition.values]

    def found(value: Any) -> bool:
        has = set((value or "").casefold().split(";"))
        return any(one <= has for one in wanted)

    return found if condition.sign == "INCLUDES" else lambda value: not found(value)


def _given(kind: str, value: Any) -> Any:
    """A record's value as it is compared."""
    if value is None or value == "":
        return None
    if kind == "id":
        return str(value)[: ids.SHORT]
    if kind == "datetime":
        return times.seconds(value)
    return value.casefold() if kind in ("text", "many") and isinstance(value, str) else value


def _literal(text: str, condition: Comparison, name: str, field: Row, kind: str, one: Value) -> Any:
    """A literal as it is compared; None for null and for the empty text."""
    if one.kind == "null":
        return None
    if kind in _LITERALS:
        if one.kind not in _LITERALS[kind]:
            words = "dateTime" if kind == "datetime" else str(field["type"])
            raise _wrong(text, condition, name, words, quoted=False, was_quoted=one.kind == "string")
        return _LITERAL_VALUES[kind](one.text)
    if one.kind != "string":
        raise _wrong(text, condition, name, "string", quoted=True)
    meant = soql.plain(one.text, text, condition.field.at)
    if not meant:
        return None
    if kind != "id":
        return meant.casefold()
    exact = ids.exact(meant)
    if exact is None:
        message = located(text, condition.field.at, f"invalid ID field: {meant}")
        raise RefusedError("INVALID_QUERY_FILTER_OPERATOR", message)
    return exact[: ids.SHORT]


_LITERAL_VALUES: dict[str, Callable[[str], Any]] = {
    "boolean": lambda text: text == "TRUE",
    "number": float,
    "date": str,
    "datetime": times.seconds,
}


def _wrong(
    text: str, condition: Comparison, name: str, kind: str, *, quoted: bool, was_quoted: bool = False
) -> RefusedError:
    end = " and should be enclosed in quotes" if quoted else " and should not be enclosed in quotes" * was_quoted
    message = f"value of filter criterion for field '{name}' must be of type {kind}{end}"
    return RefusedError("INVALID_FIELD", located(text, condition.field.at, message))
