"""Both sides of every exchange of a migration keep to Pipedrive's own descriptions."""

import pytest

from adapters.destinations.pipedrive.prices import template
from tests.contract.exchanges import Exchange, migrate
from tests.sandbox.contract import ABSENT, SHARED, Contract

pytestmark = [pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT)), pytest.mark.xdist_group("exchanges")]


@pytest.fixture(scope="module")
def said() -> list[Exchange]:
    """Everything that was said in a base run, a delta and a rollback."""
    return migrate()


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The descriptions, with the table of deviations and their reasons."""
    return Contract(SHARED)


def test_the_migration_says_enough(said: list[Exchange]) -> None:
    """Every entity of the pair is created, found again, changed, listed and deleted, so that a pass means something."""
    spoken = {(request.method, template(request.path)) for request, _ in said}
    for path in ("/api/v2/organizations", "/api/v2/persons", "/api/v2/deals", "/api/v2/activities", "/v1/notes"):
        assert {("GET", path), ("POST", path), ("DELETE", f"{path}/{{id}}")} <= spoken
    assert {("POST", "/api/v2/pipelines"), ("POST", "/api/v2/stages"), ("POST", "/api/v2/dealFields")} <= spoken
    assert {("PATCH", "/api/v2/deals/{id}"), ("PATCH", "/api/v2/organizations/{id}")} <= spoken
    assert any("updated_since" in request.query for request, _ in said)
    assert any(response.status >= 400 for _, response in said)


def test_every_request_is_described(said: list[Exchange], contract: Contract) -> None:
    """Path, query, body keys and types of whatever the engine has the adapter send."""
    problems = {
        (request.method, template(request.path), problem)
        for request, _ in said
        for problem in contract.check_request(request.method, request.path, request.query, request.body)
    }
    assert problems == set()


def test_every_answer_is_described(said: list[Exchange], contract: Contract) -> None:
    """A success fits the schema of its operation, a refusal one of the three families of errors."""
    problems = {
        (request.method, template(request.path), response.status, problem)
        for request, response in said
        for problem in contract.check_response(request.method, request.path, response.status, response.body)
    }
    assert problems == set()


def test_no_description_is_passed_over(said: list[Exchange], contract: Contract) -> None:
    """Each operation that the migration uses is found in the descriptions."""
    unknown = {
        (request.method, template(request.path))
        for request, _ in said
        if contract.operation(request.method, request.path) is None
    }
    assert unknown == set()
