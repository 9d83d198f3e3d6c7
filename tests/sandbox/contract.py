"""Checks requests and answers against Pipedrive's own OpenAPI descriptions, with the known deviations as a table.

`Contract(shared_dir)` reads `contracts/pipedrive-v1.yaml` and `-v2.yaml` below the directory.
"""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator

Json = Any
SHARED = Path(os.environ.get("CUTOVER_SHARED") or Path(__file__).resolve().parents[3] / "shared")
"""Where the descriptions lie."""

ABSENT = None if (SHARED / "contracts" / "pipedrive-v2.yaml").exists() else f"no contracts below {SHARED}"
"""Why contract tests skip, or None."""


class Deviation(NamedTuple):
    """A place where real answers differ from the description, and the reason to let them."""

    operation: str
    place: str
    reason: str


RESPONSE_DEVIATIONS = (
    Deviation(
        r"v2 (GET|POST|PATCH) /(deals|persons|organizations|activities|products|stages)"
        r"(/\{id\}|/archived|/\{id\}/duplicate)?",
        r"data(\.\[\])?\.("
        r"person_id|org_id|deal_id|lead_id|project_id|won_time|lost_time|expected_close_date|due_date|due_time|duration"
        r"|location|address|postal_address|(location|address|postal_address)\.\w+|marked_as_done_time|public_description"
        r"|priority|note|conference_meeting_\w+|picture_id|notes|birthday|job_title|last_name|code|unit|description"
        r"|last_incoming_mail_time|last_outgoing_mail_time|attendees\.\[\]\.\w+)=null",
        "the v2 description marks almost nothing nullable; empty fields come as null keys (facts 8.2), and the newer "
        "client package adds the mark for deals (facts 0, README-pipedrive)",
    ),
    Deviation(
        r"v2 GET .*",
        r"additional_data\.next_cursor=null",
        "its own description says that the cursor is null at the end",
    ),
    Deviation(
        r"v1 .* /notes(/\{id\})?",
        r"data(\.\[\])?\.(deal_id|person_id|org_id|lead_id|project_id|task_id|deal|person|organization|project|task"
        r"|user\.icon_url)=null",
        "a note hangs on some of its parents only; the others come as null (facts 7.7)",
    ),
    Deviation(
        r"v1 .* /notes/\{id\}/comments.*", r"data(\.\[\])?\.updater_id=null", "nobody has changed the comment yet"
    ),
    Deviation(
        r"v2 GET /(\w+/search|itemSearch)",
        r"data\.items\.\[\]\.item\.(organization|person|code|address|currency|value)=null",
        "a hit without person, organization, code, address or value",
    ),
    Deviation(
        r"v2 GET /\w+/search",
        r"data\.items\.\[\]\.item\.(value|code):.*is not of type 'integer'",
        "the description calls deal values and product codes integers",
    ),
    Deviation(
        r"v1 .* /deals/\{id\}/participants.*",
        r"data(\.\[\])?\.person(_id)?\.(org_id|picture_id|label|last_name|owner_id|postal_address.*)(:.*|=null)",
        "a person without organization or picture",
    ),
    Deviation(
        r"v1 GET /\w+Fields(/\{id\})?",
        r"data(\.\[\])?\.field_type: .* is not one of .*",
        "the description names the wide list of types and, in an allOf beside it, only those of custom fields",
    ),
    Deviation(
        r"v1 .* /(\w+/\{id\}/)?files.*",
        r"data(\.\[\])?\.(deal_id|person_id|org_id|product_id|activity_id|lead_id|project_id)=null",
        "a file hangs on some of its parents only, as a note does",
    ),
    Deviation(
        r"v2 GET /deals/(\{id\}/)?products",
        r"data\.\[\]\.(product_id|name)=null",
        "of a purged product neither id nor name is left (facts 7.8)",
    ),
    Deviation(
        r"v2 DELETE /deals/\{id\}/discounts/\{discount_id\}",
        r"data\.id: .* is not of type 'integer'",
        "discounts have UUIDs, in the path and in every other answer",
    ),
    Deviation(
        r"v2 \w+ /projects.*",
        r"data(\.\[\])?\.(description|start_date|end_date|board_id|phase_id)=null",
        "empty fields come as null keys here as well (facts 8.2)",
    ),
    Deviation(
        r"v1 GET /users/find",
        r"data\.\[\]\.icon_url=null",
        "nobody has a picture",
    ),
)
"""Where answers may differ."""

NULLS_PASSED_OVER = {
    "v1 GET /recents": "its rows are alternatives, none of which allows null: empty fields would fail them all",
}
"""Operations whose answers are checked without their null keys, and why."""

REQUEST_EXTRAS = {
    r"v2 (POST|PATCH) /persons(/\{id\})?": ("first_name", "last_name"),
    r"v2 (POST|PATCH) /activities(/\{id\})?": ("outcome",),
}
"""Body keys that are known from elsewhere (facts 7.2, 7.6)."""

REQUEST_NULLABLE = {
    r"v2 (POST|PATCH) /deals(/\{id\})?": ("person_id", "org_id", "archive_time"),
    r"v2 (POST|PATCH) /stages(/\{id\})?": ("days_to_rotten",),
}
"""Body keys that take null by the newer client package (README-pipedrive)."""

REQUEST_REFUSED = {
    r"v2 (POST|PATCH) /activities(/\{id\})?": ("person_id",),
}
"""Body keys of the description that the server refuses (facts 3.4)."""


def _convert(schema: Json, document: Json) -> Json:
    """An OpenAPI 3.0 schema as JSON Schema: references inlined, `nullable` as a type, formats left unchecked."""
    if "$ref" in schema:
        target = document
        for part in schema["$ref"].split("/")[1:]:
            target = target[part]
        return _convert(target, document)
    out = {k: v for k, v in schema.items() if k in _KEPT}
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = _convert(out["additionalProperties"], document)
    if isinstance(schema.get("required"), list):
        out["required"] = schema["required"]
    for word in ("allOf", "anyOf", "oneOf"):
        if word in schema:  # alternatives of a description overlap, so one of them is any of them
            out["anyOf" if word == "oneOf" else word] = [_convert(s, document) for s in schema[word]]
    if "properties" in schema:
        out["properties"] = {k: _convert(s, document) for k, s in schema["properties"].items()}
    if "items" in schema:
        out["items"] = _convert(schema["items"], document)
    if schema.get("nullable"):
        if "type" in out:
            out["type"] = [out["type"], "null"]
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
    return out


_KEPT = (
    "type", "enum", "additionalProperties", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
    "pattern",
)  # fmt: skip


class Contract:
    """The descriptions of v1 and v2."""

    def __init__(self, shared_dir: Path = SHARED) -> None:
        self._documents: dict[str, Json] = {}
        for version in ("v1", "v2"):
            with (shared_dir / "contracts" / f"pipedrive-{version}.yaml").open() as file:
                self._documents[version] = yaml.load(file, Loader=yaml.CSafeLoader)
        self._validators: dict[tuple[str, str, str, str], Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> tuple[str, str, Json] | None:
        """Version, template and description of an operation, or None."""
        match = re.fullmatch(r"(/api/v2|/api/v1|/v1)(/.*)", path)
        if match is None:
            return None
        version = "v2" if match[1] == "/api/v2" else "v1"
        given = match[2].strip("/").split("/")
        found = []
        for template, verbs in self._documents[version]["paths"].items():
            parts = template.strip("/").split("/")
            if len(parts) == len(given) and method.lower() in verbs:
                literal = [part == text for part, text in zip(parts, given, strict=True)]
                if all(same or part.startswith("{") for same, part in zip(literal, parts, strict=True)):
                    found.append((literal, template))
        if not found:
            return None
        template = max(found)[1]
        return version, template, self._documents[version]["paths"][template][method.lower()]

    def check_request(
        self, method: str, path: str, query: dict[str, str] | None = None, body: Json = None
    ) -> list[str]:
        """What is wrong with a request: unknown path, query or body keys (v2), missing keys, wrong types."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not described"]
        version, template, operation = found
        name = f"{version} {method} {template}"
        return _query_problems(version, operation, query or {}) + self._body_problems(name, version, operation, body)

    def check_form(self, method: str, path: str, kind: str, fields: dict[str, str]) -> list[str]:
        """What is wrong with a form of that media type: unknown or missing fields, texts that are not of their type."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not described"]
        version, _, operation = found
        content = operation.get("requestBody", {}).get("content", {}).get(kind)
        if content is None:
            return [f"{kind} is not taken"]
        schema = _convert(content["schema"], self._documents[version]) | {"additionalProperties": False}
        kinds = {key: property.get("type") for key, property in schema["properties"].items()}
        typed = {k: int(v) if kinds.get(k) == "integer" and v.isdigit() else v for k, v in fields.items()}
        return [f"{_place(e)}: {e.message}" for e in Draft202012Validator(schema).iter_errors(typed)]

    def _body_problems(self, name: str, version: str, operation: Json, body: Json) -> list[str]:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return ["the operation takes no body"] if body is not None else []
        if body is None and not operation["requestBody"].get("required"):
            return []
        schema = _convert(content["schema"], self._documents[version])
        for pattern, extras in REQUEST_EXTRAS.items():
            if re.fullmatch(pattern, name):
                schema["properties"] = schema["properties"] | {key: schema["properties"].get(key, {}) for key in extras}
        for pattern, keys in REQUEST_NULLABLE.items():
            if re.fullmatch(pattern, name):
                nullable = {key: {"anyOf": [schema["properties"][key], {"type": "null"}]} for key in keys}
                schema["properties"] = schema["properties"] | nullable
        if version == "v2" and "properties" in schema and not schema.get("additionalProperties"):
            schema["additionalProperties"] = False
        problems = [f"{_place(e)}: {e.message}" for e in Draft202012Validator(schema).iter_errors(body)]
        for pattern, refused in REQUEST_REFUSED.items():
            if re.fullmatch(pattern, name) and isinstance(body, dict):
                problems += [f"{key}: described, and refused by the server" for key in refused if key in body]
        return problems

    def check_response(self, method: str, path: str, status: int, body: Json) -> list[str]:
        """What is wrong with an answer: a success by its schema (any 2xx counts), an error by the three families."""
        if status >= 400:
            return _error_problems(status, body)
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not described"]
        version, template, operation = found
        name = f"{version} {method} {template}"
        checked = _without_nulls(body) if name in NULLS_PASSED_OVER else body
        errors = self._validator(version, template, method, operation).iter_errors(checked)
        problems = [f"{_place(e)}={'null'}" if e.instance is None else f"{_place(e)}: {e.message}" for e in errors]
        return [p for p in problems if not _deviates(name, p)]

    def _validator(self, version: str, template: str, method: str, operation: Json) -> Draft202012Validator:
        key = (version, template, method, "response")
        if key not in self._validators:
            answer = next(r for s, r in operation["responses"].items() if s.startswith("2"))
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            self._validators[key] = Draft202012Validator(_convert(schema, self._documents[version]))
        return self._validators[key]


def _without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _place(error: Any) -> str:
    return ".".join("[]" if isinstance(part, int) else str(part) for part in error.absolute_path)


def _deviates(name: str, problem: str) -> bool:
    return any(
        re.fullmatch(d.operation, name) and re.fullmatch(d.place, problem, re.DOTALL) for d in RESPONSE_DEVIATIONS
    )


def _query_problems(version: str, operation: Json, query: dict[str, str]) -> list[str]:
    known = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}
    problems = [f"query {key}: not described" for key in query if version == "v2" and key not in known]
    problems += [f"query {key}: missing" for key, p in known.items() if p.get("required") and key not in query]
    for key, value in query.items():
        kind = known.get(key, {}).get("schema", {}).get("type")
        if kind == "integer" and not re.fullmatch(r"-?\d+", value):
            problems.append(f"query {key}: {value!r} is not an integer")
        if kind == "boolean" and value not in ("true", "false"):
            problems.append(f"query {key}: {value!r} is not a boolean")
    return problems


def _error_problems(status: int, body: Json) -> list[str]:
    """An error body must be of the gateway's, the v1 or the v2 family (facts 3.2, 3.3)."""
    if body is None:
        return [] if status == 403 else ["no JSON body"]
    if isinstance(body, dict) and body.keys() == {"status", "success", "errors"}:  # only webhooks answer like this
        return [] if (body["status"], body["success"]) == ("error", False) else ["an error that says it is none"]
    if not isinstance(body, dict) or body.get("success") is not False or not isinstance(body.get("error"), str):
        return ["an error needs success false and an error text"]
    keys = set(body)
    families = (
        {"success", "error", "errorCode", "error_info"},
        {"success", "error", "error_info", "data", "additional_data"},
        {"success", "error", "error_info", "data", "additional_data", "code"},
        {"success", "error", "code"},
        {"success", "error", "code", "field_code"},
        {"success", "error"},
    )
    return [] if keys in families else [f"the keys {sorted(keys)} belong to no family of errors"]
