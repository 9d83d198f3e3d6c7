"""The probe: what it finds of APIs that nobody has described, where it stops, and that it only ever asks."""

import json

import pytest

from adapters.protocols import Probing, Request, Response
from adapters.sources.rest import probing
from adapters.sources.rest.discover import discover
from adapters.sources.rest.paging import Where
from adapters.sources.rest.reading import page, start
from adapters.sources.rest.table import Column, Endpoint, Learned, Paging
from tests.sources.rest import fakes
from tests.sources.rest.reading import Account, opened, well_behaved

HERE = Where("https://crm.example", "/api")


@pytest.mark.promise("F-008")
@pytest.mark.parametrize(
    ("fake", "style", "rows"),
    [
        (fakes.by_cursor, "cursor", "items"),
        (fakes.by_offset, "offset", "records"),
        (fakes.by_page, "page", ""),
        (fakes.by_page_from_0, "page", "results"),
        (fakes.by_link, "link", ""),
        (fakes.by_next, "next", "data.list"),
    ],
)
def test_the_probe_finds_the_way_of_paging(fake: object, style: str, rows: str) -> None:
    """Each style is found from the answers alone, proven by other records on page 2, and nothing is written."""
    api = fakes.Fake(fake)  # type: ignore[arg-type]
    found = api.run(discover("/api/items", HERE))
    assert found is not None
    assert found.paging is not None
    assert (found.paging.style, found.rows, found.proven, found.size, found.id) == (style, rows, True, 10, "id")
    assert api.written == 0
    assert {request.method for request in api.asked} == {"GET"}


@pytest.mark.promise("F-008")
@pytest.mark.parametrize("fake", [fakes.by_cursor, fakes.by_offset, fakes.by_page_from_0, fakes.by_link, fakes.by_next])
def test_what_answers_show_is_enough_to_read_all(fake: object) -> None:
    """A list that no table describes is read to its end by the paging that its answers show."""
    api = fakes.Fake(fake)  # type: ignore[arg-type]
    endpoint = Endpoint(object="Item", label="Items", path="items", rows="", paging=Paging(style="auto"),
                        columns=(Column(label="Name", at="name"),))  # fmt: skip
    ids: list[str] = []
    state = start(endpoint)
    while True:
        read = api.run(page(endpoint, "/api/items", endpoint.columns, (), Learned(), HERE, state))
        ids += [record.id for record in read.records]
        if read.state is None:
            break
        state = read.state
    assert ids == [str(row["id"]) for row in fakes.ROWS]


@pytest.mark.promise("F-009")
@pytest.mark.parametrize("fake", [fakes.by_nothing, fakes.strict_about_parameters])
def test_an_unknown_paging_is_known_as_unknown(fake: object) -> None:
    """Where page 2 gives the same records, or is refused, nothing is claimed."""
    found = fakes.Fake(fake).run(discover("/api/items", HERE))  # type: ignore[arg-type]
    assert found is not None
    assert (found.paging, found.known) == (None, False)


@pytest.mark.trap("P30")
@pytest.mark.promise("F-008")
def test_a_login_page_is_no_api() -> None:
    """Without a key that is taken, a page with status 200 is "not authenticated", and the probe soon stops."""
    account = opened("promoxcrm")
    account.memory.token = ""
    found = account.run(account.source.probe())
    assert not found.usable
    assert found.objects == ()
    assert found.facts["authentication"] == "not authenticated"
    said = [step.found for step in found.steps if not step.serves]
    assert "not authenticated: a login page with status 200" in said
    assert len(account.sent) < 10
    assert any("stopped after 3 refusals" in risk for risk in found.risks)


@pytest.mark.promise("F-007")
@pytest.mark.promise("F-008")
def test_the_probe_of_an_account_says_what_can_be_had() -> None:
    """Version, account, paging by object, page sizes, limits, files, deletions: each with the step that showed it."""
    account = opened("promoxcrm", rate=60)
    assert isinstance(account.source, Probing)
    found = account.run(account.source.probe())
    assert found.usable
    assert found.objects == (
        "Client",
        "Lead",
        "Project",
        "Commission",
        "Task",
        "Presentation",
        "artwork_proof",
        "sample_kit",
    )
    assert {o: found.facts["paging"][o] for o in ("Client", "Lead", "Project", "Task")} == {
        "Client": "next", "Lead": "page", "Project": "offset", "Task": "cursor",
    }  # fmt: skip
    assert found.facts["limits"]["page_size"]["Client"] == 10
    assert found.facts["limits"]["x-ratelimit-limit"] == "60"
    assert found.facts["files"] == "downloadable with the key"
    assert found.facts["deletions"] == {"Client": "marked in deleted_at"}
    assert found.facts["incremental"] == "no filter for changes was found"
    steps = {step.asked: (step.serves, step.found) for step in found.steps}
    assert steps["GET /api/v1"][0]
    assert steps["GET /api/v2"] == (False, "status 404: a page of HTML")
    assert steps["GET /api/v1/reports"] == (False, "status 403: Forbidden")
    assert account.memory.control("GET", "/sandbox/requests")["writes"] == 0
    assert {request.method for request in account.sent} == {"GET"}
    assert json.dumps([s.asked for s in found.steps]).find("sandbox") < 0


@pytest.mark.promise("F-009")
def test_thin_answers_are_risks() -> None:
    """A list without paging and without a total yields a risk line, and so does the missing filter for changes."""
    account = opened("promoxcrm")
    found = account.run(account.source.probe())
    assert any(risk.startswith("Artwork Proof: how they page is unknown") for risk in found.risks)
    assert any(risk.startswith("Deltas are full readings") for risk in found.risks)
    assert any("no total is stated" in risk for risk in found.risks)


@pytest.mark.promise("F-007")
def test_an_object_that_is_not_there_is_a_step_and_a_risk() -> None:
    """A 404 names the object that must come by another way; the others go on."""
    account = well_behaved("promoxcrm")
    del account.memory.world.state.data.lists["commissions"]  # type: ignore[attr-defined]
    found = account.run(account.source.probe())
    assert "Commission" not in found.objects
    assert "Task" in found.objects
    assert any(step.object == "Commission" and not step.serves for step in found.steps)
    assert any(risk.startswith("Commission records: the API does not give them") for risk in found.risks)


def test_the_probe_never_asks_for_more_than_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole probe of an account with nine lists stays under fifty calls."""
    account: Account = opened("pro-sales-crm")
    account.run(account.source.probe())
    assert len(account.sent) < 50
    assert all(isinstance(request, Request) and request.body is None for request in account.sent)
    assert Response(status=200).body is None


def test_custom_objects_beyond_those_that_are_probed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read all the same; how they page is a risk that somebody reads."""
    monkeypatch.setattr(probing, "CUSTOM_MAX", 0)
    account = opened("promoxcrm")
    assert isinstance(account.source, Probing)
    found = account.run(account.source.probe())
    assert any(risk.startswith("Only 0 custom objects were probed") for risk in found.risks)
