"""A probe finds out by asking alone whether the source can be read."""

from adapters.conformance.sources.stage import Stage
from adapters.protocols import AdapterError


def test_a_probe(stage: Stage) -> None:
    """It says step by step what was asked and found, and is usable if the schema is; its objects are the schema's."""
    probed = stage.run(stage.probing().probe())
    assert probed.steps, "a probe without a step"
    for step in probed.steps:
        assert step.asked, step
        assert step.found, step
    assert [request for request, _ in stage.said if request.method != "GET"] == [], "a probe asks by GET alone"
    try:
        names = {o.name for o in stage.again().objects}
    except AdapterError:
        names = set()
    assert probed.usable == bool(names)
    assert set(probed.objects) <= names, f"{set(probed.objects) - names} are in no schema"
    assert {step.object for step in probed.steps} <= {"", *names}
    assert not probed.usable or any(step.serves for step in probed.steps), "usable, and no step served"


def test_a_probe_changes_nothing(stage: Stage) -> None:
    """A source that has probed reads what one reads that has not."""
    before = {o.name: stage.records(o.name) for o in stage.objects}
    stage.again()
    stage.run(stage.probing().probe())
    assert {o.name: stage.records(o.name) for o in stage.objects} == before
