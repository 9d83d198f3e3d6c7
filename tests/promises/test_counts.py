"""Section 1: a count that is no count says so."""

import pytest

from adapters.protocols import Request, Response, Schema
from engine.discover import Reading
from ops.cli.set_up import _object, _records
from ops.scope import scope
from tests.sources.salesforce.paper import PaperOrg, ok
from tests.sources.salesforce.test_schema import described, schema_of


def refusing(request: Request) -> Response | None:
    """An org that does not count its tasks, and has a number of its index for them."""
    soql = request.query.get("q", "")
    if "COUNT()" in soql and " FROM Task" in soql:
        return Response(status=400, body=[{"errorCode": "QUERY_TIMEOUT", "message": "too long"}])
    if request.path.endswith("recordCount"):
        return ok({"sObjects": [{"name": "Task", "count": 1234567}]})
    return None


@pytest.mark.promise("F-018")
def test_a_count_that_is_refused_is_an_estimate() -> None:
    """It is "about" so many in the scope, on the terminal and in the document; what was counted is not."""
    org = PaperOrg()
    org.refuse = refusing
    schema = schema_of(org)
    tasks = described(schema, "Task")
    assert (tasks.count, tasks.estimated) == (1234567, True)
    assert [o.name for o in schema.objects if o.estimated] == ["Task"]
    reading = Reading(methods={}, reasons={}, found={})
    text = scope(schema, Schema(system="pipedrive", objects=()), (), (), (), reading, ())
    assert f"| {tasks.label} | about 1234567 | about, by recordCount" in text
    assert f"| {tasks.label} | 1234567 |" not in text
    assert _records(tasks, {"Task": 5}) == "about 1234567"
    assert isinstance(document := _object(tasks), dict)
    assert (document["count"], document["estimated"]) == (1234567, True)
