"""Everything that the adapter says and hears fits Nutshell's own descriptions."""

import pytest

from adapters.protocols import Request, Response
from tests.destinations_nutshell.account import RECORDS, Account, Furnished
from tests.sandbox_nutshell.contract import ABSENT, Contract

pytestmark = pytest.mark.skipif(ABSENT is not None, reason=ABSENT or "")


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The descriptions of both APIs."""
    return Contract()


def problems(contract: Contract, said: list[tuple[Request, Response]]) -> set[str]:
    """What is wrong with exchanges, each named by its request."""
    found = set()
    for request, response in said:
        name = request.body["method"] if request.path.endswith("json") else f"{request.method} {request.path}"
        found |= {f"{name}: {problem}" for problem in contract.check_exchange(request, response)}
    return found


def everything(account: Furnished) -> None:
    """Each kind of request that there is: schema, records, changes, finds, lists, deletions."""
    account.schema()
    for entity, id in account.ids.items():
        account.run(account.adapter.list(entity, None))
        fields = account.fields[entity]
        account.update(entity, id, _change(entity))
        mark = account.mark(entity)
        account.find("create", entity, mark=mark, at=account.now, fields=account.adapter.step(entity, None, fields))
        account.find("create", entity, mark="nobody's", at=account.now, fields=fields | _nobody(account, entity))
    account.update("lead", account.ids["lead"], {"status": "open", "value": None, "title": "x"})
    account.update("activity", account.ids["activity"], {"location": "Here"})
    for entity in ("field", "options", "pipeline", "stage"):
        account.run(account.adapter.list(entity, None))
    for record in account.run(account.adapter.list("options", None)).records:
        account.run(account.adapter.delete("options", record.id))
    for entity in reversed(RECORDS):
        account.run(account.adapter.delete(entity, account.ids[entity]))


def _change(entity: str) -> dict[str, object]:
    changes: dict[str, dict[str, object]] = {
        "lead_product": {"quantity": 2}, "lead": {"title": "y", "value": 2}, "task": {"owner_id": "3"},
        "activity": {"subject": "y", "done": False}, "note": {"text": "y"}, "contact": {"first_name": "y"},
    }  # fmt: skip
    return changes.get(entity, {"name": "y"})


def _nobody(account: Furnished, entity: str) -> dict[str, object]:
    return {account.keys[entity]: "nobody's"} if entity in account.keys else {}


def test_every_exchange_fits_the_descriptions(contract: Contract) -> None:
    """Paths, queries, bodies, methods and parameters are described ones, and so are the answers that are read."""
    account = Furnished()
    everything(account)
    assert {request.method for request, _ in account.said} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert not problems(contract, account.said)


@pytest.mark.parametrize(
    "settings",
    [
        {"field_types": "1.0.1"},
        {"task_body": "wrapped"},
        {"stage_links": "object", "account_status": 200, "patch_status": 200},
        {"linking_raises_rev": False, "lag": 0.0, "filter_match": "part"},
        {"client_times": "refused", "bare_reference": "user", "unrecorded_code": 0},
    ],
    ids=lambda s: next(iter(s)),
)
def test_the_adapter_takes_every_choice_that_no_evidence_settles(settings: dict[str, object]) -> None:
    """Whatever the real server does where descriptions and recordings disagree, records read back as written."""
    account = Furnished(**settings)
    for entity, id in account.ids.items():
        theirs = account.values(entity, id)
        ours = account.fields[entity]
        assert not {k for k, v in ours.items() if not account.adapter.same(entity, k, v, theirs.get(k))}, entity


def test_no_request_leans_on_what_nobody_has_seen(contract: Contract) -> None:
    """The sandbox counts calls that lean on undocumented forms: but for a product's price there is none."""
    del contract
    account = Furnished()
    everything(account)
    doubts = account.world.control("GET", "/sandbox/requests")["doubts"]
    assert set(doubts) <= {"prices of a product"}


def test_plain_account_reads_its_own_schema() -> None:
    """A fresh account without any custom field has every entity, and pipelines with stages in order."""
    found = Account().schema()
    assert [o.name for o in found.objects][:3] == ["product", "account", "contact"]
    assert next(s["label"] for s in found.account["pipelines"][0]["stages"]) == "Qualifying"
