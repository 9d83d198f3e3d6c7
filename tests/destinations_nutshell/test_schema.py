"""What the schema tells: objects, lists, what the API lacks, what the plan caps; and how Nutshell is opened."""

import pytest

from adapters.credentials import BasicKey
from adapters.destinations import connector_of, kinds, open_destination
from adapters.destinations.nutshell import Nutshell, locate
from adapters.protocols import RefusedError, Request, UnreachableError
from adapters.secret import Secret
from tests.destinations_nutshell.account import Account, Furnished
from tests.destinations_nutshell.flows import drive, no, ok


def test_everything_that_the_api_cannot_do_is_said_by_name() -> None:
    """Pipelines, stages, users, files, custom fields' ends, tasks' completion, and each date that cannot be set."""
    found = {(k.action, k.entity, k.field) for k in Account().schema().lacks}
    assert found >= {
        ("create", "pipeline", ""),
        ("create", "stage", ""),
        ("create", "user", ""),
        ("create", "lead", "outcome"),
        ("create", "lead", "competitors"),
        ("create", "account", "industry"),
        ("create", "activity", "type"),
        ("delete", "field", ""),
        ("upload", "file", ""),
        ("date", "note", "add_time"),
        ("date", "lead", "created_time"),
        ("date", "lead", "closed_time"),
        ("date", "account", "created_time"),
        ("date", "contact", "created_time"),
        ("date", "contact", "job_title"),
        ("date", "activity", "created_time"),
        ("date", "task", "done"),
        ("author", "note", "text"),
    }
    assert not {k for k in found if k[2] in ("tags", "sources", "status")}


def test_a_custom_pick_list_cannot_grow() -> None:
    """The values of a custom pick-list that is there are an administrator's affair."""
    account = Furnished()
    found = {(k.action, k.entity, k.field) for k in account.schema().lacks}
    assert ("create", "lead", account.keys["enum"]) in found


def test_authors_are_lacked_only_by_a_key_that_may_not_act_for_others() -> None:
    """With impersonation the author of notes and activities is set."""
    acting = {(k.action, k.entity, k.field) for k in Account().schema().lacks}
    alone = {(k.action, k.entity, k.field) for k in Account(impersonate=False).schema().lacks}
    assert alone - acting == {("author", "note", "author"), ("author", "activity", "author")}


@pytest.mark.parametrize("entity", ["pipeline", "stage"])
def test_what_the_api_cannot_make_is_refused_locally(entity: str) -> None:
    """A second line of defence behind the checklist: nothing is sent."""
    account = Account()
    with pytest.raises(RefusedError, match="administrator") as refused:
        account.run(account.adapter.create(entity, {"label": "x"}))
    assert refused.value.verdict.code == "no-api"
    with pytest.raises(RefusedError, match="administrator"):
        account.run(account.adapter.delete(entity, "1"))
    assert not account.said


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (None, {}),
        ("foundation", {"custom-fields": (10, 2), "open-records": (100, 1)}),
        ("growth", {"custom-fields": (20, 2)}),
        ("pro", {"custom-fields": (20, 2)}),
        ("business", {"custom-fields": (30, 2)}),
        ("enterprise", {}),
    ],
)
def test_the_plan_caps_fields_and_open_leads(plan: str | None, expected: dict[str, tuple[int, int]]) -> None:
    """Each cap tells its limit and what is used of it; contacts are free on each plan."""
    account = Account(plan=plan)
    for label in ("A", "B"):
        account.create("field", {"entity": "lead", "label": label, "kind": "text"})
    for status in ("open", "won"):
        account.create("lead", {"title": "x", "status": status})
    caps = account.schema().caps
    assert {c.code: (c.limit, c.used) for c in caps} == expected
    assert all("2026" in c.source for c in caps)


def test_the_lists_of_the_account_are_options(furnished: Furnished) -> None:
    """Tags by name, sources and the rest by number, outcomes with what they end in; pipelines with their stages."""
    found = furnished.schema()
    lead = found.object("lead")
    assert lead is not None
    assert [o.id for o in lead.field("tags").options] == ["VIP"]
    assert "Trade fair" in [o.label for o in lead.field("sources").options]
    assert {o["status"] for o in found.account["outcomes"]} == {"won", "lost", "cancelled"}
    assert {"id", "label", "stages"} <= found.account["pipelines"][0].keys()
    assert found.account["currencies"] == ["USD", "EUR"]
    assert found.account["user"]["name"] == "Maya Ortiz"
    kinds_ = {f.label.split()[1]: f.kind for f in lead.fields if f.custom and f.label != "Source key"}
    wanted = {"number": "text", "datetime": "text", "url": "text", "percent": "text", "boolean": "enum"}
    assert kinds_ == {kind: wanted.get(kind, kind) for kind in kinds_} | {"longtext": kinds_["longtext"]}


def test_a_custom_key_can_be_cut_off_its_id(furnished: Furnished) -> None:
    """A field's key is what follows the last slash of its id, whatever its name holds."""
    record = next(r for r in furnished.run(furnished.adapter.list("field", None)).records if "enum" in r.id)
    assert record.id.rpartition("/") == ("lead", "/", record.values["key"])
    assert record.values["key"] == "cf:A enum 50%25 %2F new"


def test_the_schema_costs_what_it_says() -> None:
    """The calls of one reading are those that the estimate counts, with and without a cap on open leads."""
    for plan in (None, "foundation"):
        account = Account(plan=plan)
        account.schema()
        assert len(account.exchanges) == account.adapter.schema_price()


# --- opening -------------------------------------------------------------------------------------------------------


def test_nutshell_is_opened_by_its_options() -> None:
    """The user is required; impersonation is on unless it is turned off; a wrong word or plan is refused."""
    assert open_destination("nutshell", {"user": "a@b.example"}).name == "nutshell"
    assert connector_of("nutshell", {"user": "a@b.example"}).address == "https://api.nutshell.com"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs user"),
        ({"user": "a", "impersonate": "maybe"}, "impersonate"),
        ({"user": "a", "plan": "huge"}, "foundation"),
        ({"user": "a", "x": "y"}, "knows no option x"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, str], words: str) -> None:
    """An option that is missing, unknown or misspelled is named, with what there is."""
    with pytest.raises(ValueError, match=words):
        open_destination("nutshell", options)


def test_requests_are_signed_for_the_actor() -> None:
    """HTTP Basic with the user's address, or with that of whom the request is for."""
    found = kinds()["nutshell"].credentials(Secret("key-0123456789"), {"user": "a@b.example"})
    assert isinstance(found, BasicKey)
    mine, theirs = (found.headers(Request(method="GET", path="/", actor=actor)) for actor in ("", "x@y.example"))
    assert mine != theirs


def test_the_directory_names_the_host() -> None:
    """One call without credentials; a user that nobody knows is a refusal, an answer without a host is no address."""
    found = kinds()["nutshell"].locate
    assert found is not None
    host, asked = drive(found({"user": "a@b.example"}), [ok({"api": "app01.nutshell.com", "login": "x"})])
    assert host == "app01.nutshell.com"
    assert (asked[0].path, asked[0].body["params"], asked[0].unsafe) == ("/v1/json", {"username": "a@b.example"}, False)
    with pytest.raises(RefusedError):
        drive(locate("x"), [no(-32602, "unknown user")])
    with pytest.raises(UnreachableError):
        drive(locate("x"), [ok({"login": "y"})])


def test_the_sandbox_directory_answers_alike() -> None:
    """The flow that asks the real directory reads the sandbox's."""
    account = Account()
    assert account.run(locate("maya.ortiz@brightpath.example"))
    with pytest.raises(RefusedError):
        account.run(locate("nobody@brightpath.example"))


def test_an_adapter_knows_no_plan_that_there_is_not() -> None:
    """A misspelled plan would silently lift its caps."""
    with pytest.raises(ValueError, match="foundation"):
        Nutshell(plan="power")
