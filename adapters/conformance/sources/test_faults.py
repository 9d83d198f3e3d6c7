"""Bad weather changes nothing in what is read."""

from typing import get_args

import pytest

from adapters.conformance.sources.stage import Fault, Stage


@pytest.mark.parametrize("fault", get_args(Fault))
def test_spoilt_answers(stage: Stage, fault: Fault) -> None:
    """Where the first answer to each question is spoilt, the same schema and the same records are read in the end."""
    if not stage.remote:
        pytest.skip(f"{stage.name} has no network")
    schema = stage.schema
    calm = {o.name: stage.records(o.name) for o in stage.objects}
    sent = len(stage.said)
    for _ in stage.spoiling(fault):
        assert stage.again() == schema
        assert {o.name: stage.records(o.name) for o in stage.objects} == calm
    assert len(stage.said) > 2 * sent, "the weather was fine"
