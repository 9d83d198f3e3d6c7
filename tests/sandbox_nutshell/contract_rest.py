"""The contract of REST: paths, queries, bodies and answers of the OpenAPI document, with the known deviations."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator

from adapters.protocols import Request, Response

Json = Any


class Deviation(NamedTuple):
    """A place where real exchanges differ from the document, and the reason to let them."""

    operation: str
    place: str
    reason: str


RESPONSES = (
    Deviation(
        r".* /(leads|events).*",
        r".*(createdTime|dueTime|closedTime|anticipatedClosedTime|number|value\.amount): .*",
        "x-observed: number is a string, an amount a number, times are objects",
    ),
    Deviation(
        r".* /notes.*",
        r".*(createdTime|deletedTime): .*",
        "recorded notes have Unix seconds where the document says text",
    ),
    Deviation(
        r"GET /events(/deleted)?",
        r"events\.\[\]\.changes\.\[\]\.(oldValue|newValue): .*is not of type 'object'",
        "recorded in 2017 as texts, in 2025 as the object of a stage (facts 13)",
    ),
    Deviation(
        r".* /(products|productmaps|productMaps).*",
        r".*amount: .*",
        "the document calls amounts of money texts; recorded ones are numbers",
    ),
)
"""Where answers may differ."""

REQUESTS = (
    Deviation(
        r"POST /(accounts|contacts|leads)",
        r".*(emails|urls)\.\[\]: .*'(name|isPrimary)'.*",
        "facts 12: all multi-value forms take name and isPrimary",
    ),
    Deviation(
        r"POST /(accounts|contacts|leads)",
        r".*addresses\.\[\](\.value)?: .*(address_2|address_3|postalCode|country).*",
        "facts 7: an address has seven writable parts",
    ),
    Deviation(
        r"POST /(accounts|contacts|leads)",
        r".*addresses\.\[\]: .*'value' was unexpected.*",
        "x-observed: the parts of an address stand under value",
    ),
    Deviation(
        r"POST /(contacts|leads)",
        r".*phones\.\[\]\.value: .*is not of type 'object'",
        "facts 12: a phone is written as a text and read in parts",
    ),
    Deviation(
        r"POST /(accounts|contacts|leads)/customfield",
        r"type: .*is not one of.*",
        "x-observed: another source lists Text, LongText, Currency, Date, Decision",
    ),
    Deviation(
        r"POST /leads",
        r".*links\.(accounts|contacts)\.\[\]: .*is not of type 'string'",
        "its description allows objects",
    ),
    Deviation(
        r"POST /leads", r".*dueTime: .*is not of type 'object'", "Unix seconds, which the object holds (facts 12, 14)"
    ),
    Deviation(
        r"PATCH .*", r"\[\]\.value: .*is not of type 'string'", "its description says that values are of various types"
    ),
    Deviation(
        r"POST /(accounts|contacts|leads)",
        r".*customFields\..*: .*is not of type 'string'",
        "pick-lists with several values and money have no documented form as a text",
    ),
)
"""Where requests may differ."""

STATUSES: dict[str, tuple[int, ...]] = {
    "PATCH": (200, 204), "POST": (200, 201), "DELETE": (200, 204), "PUT": (200,), "GET": (200,),
}  # fmt: skip
"""NUTSHELL.md: document and recordings disagree on the good statuses, so any of these is one."""

KEYS = {
    "accounttypes": "accountTypes", "activitytypes": "activityTypes", "audiences": "emAudiences",
    "competitormaps": "competitorMaps", "productmaps": "productMaps", "productcategories": "productCategories",
}  # fmt: skip
"""x-observed: the key of a collection where it differs from its path."""

_KEPT = ("type", "enum", "additionalProperties", "minimum", "maximum", "required")


def convert(schema: Json, document: Json, *, closed: bool = False) -> Json:
    """An OpenAPI schema as JSON Schema: references inlined. closed: objects take no key that is not described."""
    if "$ref" in schema:
        target = document
        for part in schema["$ref"].split("/")[1:]:
            target = target[part]
        return convert(target, document, closed=closed)
    out = {key: value for key, value in schema.items() if key in _KEPT}
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = convert(out["additionalProperties"], document, closed=closed)
    for word in ("allOf", "anyOf", "oneOf"):
        if word in schema:
            out["anyOf" if word == "oneOf" else word] = [convert(one, document) for one in schema[word]]
    if "properties" in schema:
        out["properties"] = {key: convert(one, document, closed=closed) for key, one in schema["properties"].items()}
        if closed:
            out.setdefault("additionalProperties", False)
    if "items" in schema:
        out["items"] = convert(schema["items"], document, closed=closed)
    return out


class RestContract:
    """nutshell-rest.yaml."""

    def __init__(self, path: Path) -> None:
        with path.open() as file:
            self.document = yaml.load(file, Loader=yaml.CSafeLoader)
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> tuple[str, Json] | None:
        """Template and description of an operation, or None."""
        given = path.strip("/").split("/")
        found = []
        for template, verbs in self.document["paths"].items():
            parts = template.strip("/").split("/")
            if len(parts) == len(given) and method.lower() in verbs:
                literal = [part == text for part, text in zip(parts, given, strict=True)]
                if all(same or part.startswith("{") for same, part in zip(literal, parts, strict=True)):
                    found.append((literal, template))
        if not found:
            return None
        template = max(found)[1]
        return template, self.document["paths"][template][method.lower()]

    def check(self, request: Request, response: Response) -> list[str]:
        """What is wrong with a request and its answer."""
        problems = [] if response.headers.get("x-nutshell-request-id") else ["no x-nutshell-request-id"]
        if response.content == b"" or response.status in (403, 429, 500, 503):
            return problems
        if response.status >= 400:
            return problems + _refusal(response)
        found = self.operation(request.method, request.path.removeprefix("/rest"))
        if found is None:
            return [f"{request.method} {request.path} is not described"]
        template, operation = found
        name = f"{request.method} {template}"
        if response.status not in STATUSES[request.method]:
            problems.append(f"{name}: status {response.status}")
        return problems + self._request(name, operation, request) + self._response(name, operation, response)

    def _request(self, name: str, operation: Json, request: Request) -> list[str]:
        known = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        problems = [
            f"{name}: query {key} is not described"
            for key in request.query
            if key not in known and not ("filter" in known and re.fullmatch(r"filter\[.+\]", key))
        ]
        content = operation.get("requestBody", {}).get("content")
        if not content:
            return problems + ([f"{name}: takes no body"] if request.body is not None else [])
        media = "application/json-patch+json" if request.encoding == "json-patch" else "application/json"
        if media not in content and request.method != "PATCH":
            return [*problems, f"{name}: takes {', '.join(content)}, not {media}"]
        schema = convert(next(iter(content.values()))["schema"], self.document, closed=True)
        errors = Draft202012Validator(schema).iter_errors(_without_nulls(request.body))
        return problems + _left(name, [f"{_place(e)}: {e.message}" for e in errors], REQUESTS)

    def _response(self, name: str, operation: Json, response: Response) -> list[str]:
        if response.status == 204:
            return []
        body = response.body
        if not isinstance(body, dict):
            return [f"{name}: the body is no object"]
        described: Json = next((r for s, r in operation["responses"].items() if s.startswith("2")), {})
        content: Json = next(iter(described.get("content", {}).values()), {})
        schema = content.get("schema", {})
        one, wrapped = self._resource(schema)
        if wrapped:
            return self._elements(name, one, body)
        errors = self._validator(name, schema).iter_errors(_without_nulls(body))
        return _left(name, [f"{_place(e)}: {e.message}" for e in errors], RESPONSES)

    def _resource(self, schema: Json) -> tuple[Json, bool]:
        """The schema of one record where the document shows records bare: recorded answers are wrapped all the same.

        Errors of every collection and both recorded creates carry meta, links and the collection's own key.
        """
        target = schema
        if "$ref" in schema:
            target = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if target.get("type") == "array":
            return target["items"], True
        parts = target.get("allOf", [target])
        named = any("id" in self._properties(part) for part in parts)
        return schema, named

    def _properties(self, schema: Json) -> Json:
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema.get("properties", {})

    def _elements(self, name: str, schema: Json, body: Json) -> list[str]:
        collection = name.split("/")[1]
        deeper = {"customfields": "customFields"}
        key = deeper.get(name.rsplit("/", 1)[1], "customFields" if name.endswith("attributes") else "")
        found = body.get(key or KEYS.get(collection, collection))
        if not isinstance(found, list) or "meta" not in body:
            return [f"{name}: meta and the collection are missing"]
        problems = []
        for one in found:
            errors = self._validator(name, schema).iter_errors(_without_nulls(one))
            problems += [f"{_place(e)}: {e.message}" for e in errors]
        return _left(name, problems, RESPONSES)

    def _validator(self, name: str, schema: Json) -> Draft202012Validator:
        key = (name, "response")
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(convert(schema, self.document))
        return self._validators[key]


def _refusal(response: Response) -> list[str]:
    """An error is of one of the recorded forms."""
    if response.status in (401, 404):
        title = {401: "Unauthorized", 404: "Not Found"}[response.status]
        return [] if f"<title>An Error Occurred: {title}</title>" in response.text else ["the HTML of an error"]
    if response.status == 405:
        return [] if response.text == '"Internal Error"' else ["the text of a 405"]
    if response.text:
        fits = response.status in (400, 415, 501) and response.text.startswith('"')
        return [] if fits else [f"the text {response.text!r}"]
    body = response.body
    if not isinstance(body, dict) or not {"meta", "links", "errors"} <= body.keys() or len(body) != 4:
        return ["the envelope of a 400"]
    keys = {"id", "type", "code", "detail", "href", "status", "title", "field"}
    return (
        [] if all(one.keys() == keys and one["status"] == "400" for one in body["errors"]) else ["the errors of a 400"]
    )


def _without_nulls(value: Json) -> Json:
    """Without null keys: the document marks nothing nullable, recorded records are full of them."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _place(error: Any) -> str:
    return ".".join("[]" if isinstance(part, int) else str(part) for part in error.absolute_path)


def _left(name: str, problems: list[str], table: tuple[Deviation, ...]) -> list[str]:
    return [
        f"{name}: {problem}"
        for problem in problems
        if not any(re.fullmatch(d.operation, name) and re.fullmatch(d.place, problem, re.DOTALL) for d in table)
    ]
