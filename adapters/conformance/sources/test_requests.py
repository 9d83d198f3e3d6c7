"""Only questions leave, and no secret leaves with them or is told."""

import msgspec
import pytest

from adapters.conformance.sources.showing import shown
from adapters.conformance.sources.stage import Stage
from adapters.protocols import Probing


def test_only_questions_leave(stage: Stage) -> None:
    """Describing, reading and probing send nothing that could change the system; each request has a price."""
    _everything(stage)
    for request, _ in stage.said:
        assert not request.unsafe, f"{request.method} {request.path}"
        assert request.method in ("GET", "POST"), f"{request.method} {request.path}"
        assert request.path.startswith("/"), request.path
        assert stage.price(request) >= 0, request.path


def test_a_source_without_a_network_asks_for_nothing(stage: Stage) -> None:
    """It sends no request at all; one with a network is described by asking."""
    _everything(stage)
    assert bool(stage.said) == stage.remote


def test_secrets_are_not_told(stage: Stage) -> None:
    """No password or key is in a request, a description, a finding, a record or a step of a probe."""
    if not stage.holds.secrets:
        pytest.skip(f"{stage.name} has no secrets")
    told = [msgspec.json.encode(msgspec.to_builtins(each)).decode() for each in _everything(stage)]
    told += [shown(request) for request, _ in stage.said]
    for secret in stage.holds.secrets:
        assert not [text[:200] for text in told if secret in text], "a secret is told"


def _everything(stage: Stage) -> list[object]:
    told: list[object] = [stage.schema]
    for o in stage.objects:
        told += stage.pages(o.name)
    if isinstance(stage.source, Probing):
        told.append(stage.run(stage.source.probe()))
    return told
