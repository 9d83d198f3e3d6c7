"""Adopting: what an account has already under the name of a pipeline, a stage or a field is taken, not made twice."""

from collections.abc import Callable

from adapters.protocols import Schema
from engine.limits import folded
from engine.view import Linked, Part
from engine.want import Want

Children = dict[str, str]
_Finder = Callable[[Schema, Want, dict[Part, Linked]], tuple[str, Children] | None]


def there(schema: Schema, want: Want, links: dict[Part, Linked]) -> tuple[str, Children] | None:
    """The id of what the account has already under a want's name, with the ids of its options or stages."""
    finders: dict[str, _Finder] = {"pipeline": _pipeline_there, "stage": _stage_there, "field": _field_there}
    finder = finders.get(want.part.entity)
    return finder(schema, want, links) if finder else None


def _pipeline_there(schema: Schema, want: Want, _links: dict[Part, Linked]) -> tuple[str, Children] | None:
    for pipeline in schema.account.get("pipelines", ()):
        if folded(pipeline["label"]) == folded(want.fields["label"]):
            return pipeline["id"], {s["label"]: s["id"] for s in pipeline["stages"]}
    return None


def _stage_there(schema: Schema, want: Want, links: dict[Part, Linked]) -> tuple[str, Children] | None:
    parent = links.get(Part("pipeline", *want.fields["pipeline"]["$ref"][1:]))
    for pipeline in schema.account.get("pipelines", ()):
        for stage in pipeline["stages"]:
            if parent and pipeline["id"] == parent.id and folded(stage["label"]) == folded(want.fields["label"]):
                return stage["id"], {}
    return None


def _field_there(schema: Schema, want: Want, _links: dict[Part, Linked]) -> tuple[str, Children] | None:
    entity = schema.object(want.fields["entity"])
    for field in entity.fields if entity else ():
        if field.custom and field.label == want.fields["label"] and field.kind == want.fields["kind"]:
            return f"{entity.name if entity else ''}/{field.key}", {o.label: o.id for o in field.options}
    return None
