"""Bodies of the small v2 things: the same refusals as those of the entities, without their custom fields."""

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import invalid
from adapters.sandbox.pipedrive.records import require
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec, WrongError, check


def taken(draft: Draft, specs: dict[str, Spec], body: Json, *, creating: bool, place: str = "") -> Row:
    """A body's values as they are kept. Raises the v2 refusal that names every problem, `place` before each."""
    if not isinstance(body, dict):
        raise invalid([(place or "body", "The value is not a valid 'object'")])
    problems: list[tuple[str, str]] = []
    given: Row = {}
    front = f"{place}." if place else ""
    for key, value in body.items():
        if key not in specs:
            problems.append((front + key, f"Parameter '{key}' is not allowed for this request"))
            continue
        try:
            given[key] = check(value, specs[key])
        except WrongError as error:
            problems.append((front + (f"{key}.{error.place}" if error.place else key), str(error)))
    if creating:
        missing = [key for key, spec in specs.items() if spec.required and key not in body]
        problems += [(front + key, f"Parameter '{key}' is required") for key in missing]
    if problems:
        raise invalid(problems)
    for key, value in given.items():
        if specs[key].ref and value is not None:
            require(draft, specs[key].ref, value, front + key)
    return given
