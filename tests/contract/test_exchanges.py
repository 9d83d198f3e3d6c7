"""Both sides of every exchange of a migration keep to the descriptions of Pipedrive and of Nutshell."""

from collections import Counter

import pytest

from adapters.destinations.pipedrive.prices import template
from adapters.protocols import Request
from tests.contract.exchanges import Exchange, migrate, migrate_nutshell, trade
from tests.sandbox.contract import ABSENT, SHARED, Contract
from tests.sandbox_nutshell.contract import ABSENT as NUTSHELL_ABSENT, Contract as NutshellContract

pytestmark = [
    pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT)),
    pytest.mark.skipif(NUTSHELL_ABSENT is not None, reason=str(NUTSHELL_ABSENT)),
    pytest.mark.xdist_group("exchanges"),
]

FORMS = {"form": "application/x-www-form-urlencoded", "multipart": "multipart/form-data"}
V2, V1 = "/api/v2", "/v1"


@pytest.fixture(scope="module")
def base() -> list[Exchange]:
    """Everything that was said in a base run, a delta and a rollback of Smart CRM Online."""
    return migrate()


@pytest.fixture(scope="module")
def trading(tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """The same of a trading house, which has something of every entity."""
    return trade(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module", params=["base", "trading"])
def said(request: pytest.FixtureRequest) -> list[Exchange]:
    """One of the two migrations into Pipedrive."""
    found: list[Exchange] = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def nutshell() -> list[Exchange]:
    """Everything that was said in a base run, a delta and a rollback of Smart CRM Online into Nutshell."""
    return migrate_nutshell()


@pytest.fixture(scope="module")
def contract() -> Contract:
    """Pipedrive's descriptions, with the table of deviations and their reasons."""
    return Contract(SHARED)


def spoken(said: list[Exchange]) -> set[tuple[str, str]]:
    """The methods and paths of what was said."""
    return {(request.method, template(request.path)) for request, _ in said}


def test_the_migration_says_enough(base: list[Exchange]) -> None:
    """Every entity of the pair is created, found again, changed, listed and deleted, so that a pass means something."""
    for path in (f"{V2}/organizations", f"{V2}/persons", f"{V2}/deals", f"{V2}/activities", f"{V1}/notes"):
        assert {("GET", path), ("POST", path), ("DELETE", f"{path}/{{id}}")} <= spoken(base)
    assert {("POST", f"{V2}/pipelines"), ("POST", f"{V2}/stages"), ("POST", f"{V2}/dealFields")} <= spoken(base)
    assert {("PATCH", f"{V2}/deals/{{id}}"), ("PATCH", f"{V2}/organizations/{{id}}")} <= spoken(base)
    assert any("updated_since" in request.query for request, _ in base)
    assert any(response.status >= 400 for _, response in base)


@pytest.mark.parametrize(
    ("path", "verb"),
    [(f"{V1}/leads", "PATCH"), (f"{V2}/products", "PATCH"), (f"{V2}/products/{{id}}/variations", "PATCH"),
     (f"{V2}/deals/{{id}}/products", "PATCH"), (f"{V1}/notes", "PUT"), (f"{V1}/activityTypes", "PUT"),
     (f"{V1}/files", ""), (f"{V1}/organizationRelationships", ""), (f"{V1}/leadLabels", ""),
     (f"{V2}/organizations/{{id}}/followers", ""), (f"{V1}/deals/{{id}}/participants", "")],
)  # fmt: skip
def test_the_trading_house_says_the_rest(trading: list[Exchange], path: str, verb: str) -> None:
    """Each further entity is created and deleted, changed where one request can, and read."""
    methods = {m for m, p in spoken(trading) if p == path} | {m for m, p in spoken(trading) if p == f"{path}/{{id}}"}
    assert {"POST", "DELETE", *filter(None, [verb])} <= methods


def test_the_trading_house_uses_what_is_special(trading: list[Exchange]) -> None:
    """Lines in bulk, both kinds of forms, the archives, a download, and leads that leave and enter the archive."""
    special = {
        ("POST", f"{V2}/deals/{{id}}/products/bulk"),
        ("POST", f"{V1}/files/remoteLink"),
        ("GET", f"{V1}/leads/archived"),
        ("GET", f"{V1}/files/{{id}}/download"),
        ("GET", f"{V2}/deals/products"),
        ("GET", f"{V2}/deals/archived"),
    }
    assert special <= spoken(trading)
    assert {request.encoding for request, _ in trading} == {"json", "form", "multipart"}
    archived = [r.body["is_archived"] for r, _ in trading if r.method == "PATCH" and "is_archived" in (r.body or {})]
    assert {True, False} <= set(archived)


def test_every_request_is_described(said: list[Exchange], contract: Contract) -> None:
    """Path, query, body keys, fields of forms and types of whatever the engine has the adapter send."""
    problems = {
        (request.method, template(request.path), problem)
        for request, _ in said
        for problem in _asked(contract, request)
    }
    assert problems == set()


def _asked(contract: Contract, request: Request) -> list[str]:
    if request.encoding == "json":
        return contract.check_request(request.method, request.path, request.query, request.body)
    fields = {key: str(value) for key, value in (request.body or {}).items()}
    if request.upload is not None:
        fields["file"] = request.upload.name
    return contract.check_form(request.method, request.path, FORMS[request.encoding], fields)


def test_every_answer_is_described(said: list[Exchange], contract: Contract) -> None:
    """A success fits the schema of its operation, a refusal one of the three families of errors."""
    problems = {
        (request.method, template(request.path), response.status, problem)
        for request, response in said
        if not request.digest  # a file is no JSON
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


def called(said: list[Exchange]) -> Counter[str]:
    """How often each method of JSON-RPC was called, and each verb of REST at each collection."""
    return Counter(
        request.body["method"]
        if request.path.endswith("json")
        else f"{request.method} {request.path.removeprefix('/rest/').split('/')[0]}"
        for request, _ in said
    )


def test_nutshell_hears_enough(nutshell: list[Exchange]) -> None:
    """Both APIs are used for every entity: each is created, found again, read and deleted, and some are changed."""
    assert {
        "newAccount", "newContact", "newLead", "newActivity", "newNote", "newTag", "editLead", "editAccount",
        "findTimeline", "deleteActivity", "findCustomFields", "POST accounts", "POST contacts", "POST leads",
        "POST activities", "POST tasks", "PATCH leads", "GET stagesets", "DELETE accounts", "DELETE contacts",
        "DELETE leads", "DELETE notes", "DELETE tasks", "DELETE tags",
    } <= called(nutshell).keys()  # fmt: skip
    assert any(key.startswith("filter[") for request, _ in nutshell for key in request.query)
    assert any(path.endswith("/status") for path in (request.path for request, _ in nutshell))
    assert any(response.status >= 400 for _, response in nutshell)


def test_every_exchange_with_nutshell_is_described(nutshell: list[Exchange]) -> None:
    """Each call and each answer fits the description of its API, but for the deviations that its tables reason."""
    contract = NutshellContract(SHARED)
    problems = {
        (name, problem)
        for request, response in nutshell
        for name in called([(request, response)])
        for problem in contract.check_exchange(request, response)
    }
    assert problems == set()
