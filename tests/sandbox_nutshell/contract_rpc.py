"""The contract of JSON-RPC: envelope, methods, parameters, and the keys and types of what is sent and answered."""

import json
import re
from pathlib import Path
from typing import Any

from adapters.protocols import Request, Response

Json = Any

EXTRAS: dict[str, dict[str, str]] = {
    "Contact": {"files": "not of this type"},
    "Lead": {"priority": "an input of the same type; answers were recorded before it existed"},
    "LeadInput": {"outcome": "facts 9: editLead {status, outcome}, unverified"},
    "TaskInput": {"title": "REST's name; the fields of RPC tasks were never captured", "entity": "one of two guesses"},
}
"""Keys beside those of a type, and why they may be there."""

STUB_KEYS = {"relationship", "description", "status", "price", "quantity"}
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000")


class RpcContract:
    """nutshell-jsonrpc.json."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text())
        self.methods: dict[str, Json] = document["methods"]
        self.types: dict[str, Json] = document["types"]

    def check(self, request: Request, response: Response) -> list[str]:
        """What is wrong with a call and its answer."""
        if response.status == 401:
            return [] if response.body is None else ["a 401 is no JSON-RPC body"]
        if response.status in (304, 500, 503, 429, 403) or response.content == b"":
            return []
        if response.status != 200:
            return [f"JSON-RPC answers 200, not {response.status}"]
        call, answer = request.body, response.body
        if not isinstance(answer, dict) or answer.keys() - {"result", "error", "id", "jsonrpc"}:
            return ["an answer holds result, error, id and jsonrpc"]
        if answer["error"] is not None:
            return self._failure(call, answer)
        problems = (
            [] if answer.get("jsonrpc") == "2.0" and answer["id"] == call["id"] else ["id and jsonrpc of a success"]
        )
        return problems + self._call(call) + self._result(call, answer["result"])

    def _failure(self, call: Json, answer: Json) -> list[str]:
        error = answer["error"]
        if error.keys() != {"code", "message", "data"} or answer["result"] is not None:
            return ["an error holds code, message and data, and no result"]
        if error["code"] == -32600:
            fits = answer["id"] is None and "jsonrpc" not in answer and error["message"] == "Invalid Request"
            return [] if fits else ["-32600 has the id null and no jsonrpc key"]
        if error["code"] == 409 and error["message"] != "rev key is out-of-date":
            return ["the words of 409"]
        return [] if answer["id"] == call["id"] else ["the id of an error"]

    def _call(self, call: Json) -> list[str]:
        name, given = call["method"], call.get("params") or {}
        method = self.methods.get(name)
        if method is None:
            return [f"{name} is not described"]
        if isinstance(given, list):
            if len(given) > len(method["positionalOrder"]):
                return [f"{name} takes {len(method['positionalOrder'])} parameters"]
            given = dict(zip(method["positionalOrder"], given, strict=False))
        known = method["params"]
        problems = [f"{name}: {key} is not described" for key in given if key not in known]
        problems += [f"{name}: {key} is missing" for key, p in known.items() if p.get("required") and key not in given]
        for key, value in given.items():
            if key in known and value is not None:
                problems += self._parameter(name, key, known[key], value)
        return problems

    def _parameter(self, name: str, key: str, described: Json, value: Json) -> list[str]:
        kinds: dict[str, Any] = {
            "integer": int,
            "number": (int, float),
            "string": str,
            "boolean": bool,
            "object": dict,
            "array": list,
        }
        wanted = [kinds[kind] for kind in described["type"].split("|")]
        if not any(isinstance(value, kind) for kind in wanted) and value != []:
            return [f"{name}: {key} is not of type {described['type']}"]
        fields = described.get("fields", "")
        if not fields or not isinstance(value, dict):
            return []
        kind = fields.rsplit("/", 1)[1]
        known = self._keys(kind)
        return [f"{name}: {kind} has no {one}" for one in value if one not in known]

    def _keys(self, kind: str) -> dict[str, str]:
        """The keys of a type; "email|phone" names several, "entity or leads" either."""
        out = dict(EXTRAS.get(kind, {}))
        described = self.types[kind].get("properties", self.types[kind])
        for names, what in described.items():
            for key in re.split(r"\||,| or ", names):
                out.setdefault(key.strip(), what if isinstance(what, str) else "object")
        return out

    def _result(self, call: Json, result: Json) -> list[str]:
        method = self.methods.get(call["method"], {"result": {}})
        described = method["result"]
        name = call["method"]
        if "$ref" in described:
            return self._typed(name, described["$ref"].rsplit("/", 1)[1], result)
        match = re.match(r"full (Account|Contact|Lead|Activity)\b", str(described.get("object", "")))
        if match:
            return self._typed(name, match[1], result)
        if "array" in described and not isinstance(result, list):
            return [f"{name}: the result is a list"]
        if "object" in described and not isinstance(result, dict):
            return [f"{name}: the result is an object"]
        if "array" in described:
            return [p for one in result for p in self._stub(name, one) if "stub" in described["array"]]
        return []

    def _stub(self, name: str, one: Json) -> list[str]:
        if not isinstance(one, dict) or not {"id", "entityType"} <= one.keys():
            return [f"{name}: an element has id and entityType"]
        return [] if isinstance(one["id"], int) else [f"{name}: an id is a whole number"]

    def _typed(self, name: str, kind: str, result: Json) -> list[str]:
        if not isinstance(result, dict):
            return [f"{name}: the result is a {kind}"]
        if result.get("stillValid") is True:  # the short notice that a cached rev is current: form not captured
            return []
        known = self._keys(kind)
        problems = [f"{name}: {kind} has no {key}" for key in result if key not in known]
        for key, value in result.items():
            if key in known and not _fits(known[key], key, value):
                problems.append(f"{name}: {kind}.{key} {value!r} is not {known[key]!r}")
        return problems


def _fits(what: str, key: str, value: Json) -> bool:
    """Whether a value is of a type that is described in words."""
    if value is None:
        return (
            "null" in what or what in ("stub", "datetime", "object", "Note") or key in ("creator", "owner", "industry")
        )
    if key in ("email", "phone", "url", "address"):
        return isinstance(value, dict) and "--primary" in value
    if what.startswith("["):
        return isinstance(value, list)
    word = re.split(r"[ ,|]", what)[0]
    if word == "datetime":
        return isinstance(value, str) and _DATE.fullmatch(value) is not None
    if word == "rev":
        return isinstance(value, str) and value.isdigit()
    if word == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if word == "bool":
        return isinstance(value, bool)
    if word in ("string", "plain", "source", "HTML") or what.startswith('"'):
        return isinstance(value, str)
    if word == "stub":
        return isinstance(value, dict) and value.get("stub") is True
    if word == "money":
        return isinstance(value, dict) and {"currency", "amount"} <= value.keys()
    return word not in ("object", "{id,name}", "Note", "address") or isinstance(value, dict)
