"""PromoXcrm: the planted traps of its recorded API, read by the real driver over the sandbox."""

from zoneinfo import ZoneInfo

import msgspec
import pytest

from adapters.protocols import Field, Schema
from adapters.sources.values import parse
from tests.sources.rest.reading import Account, codes, opened

DENVER = ZoneInfo("America/Denver")


@pytest.fixture(scope="module")
def account() -> Account:
    """The account as recorded."""
    return opened("promoxcrm")


@pytest.fixture(scope="module")
def schema(account: Account) -> Schema:
    """Its schema."""
    return account.run(account.source.schema())


def field(schema: Schema, object: str, key: str) -> Field:
    described = schema.object(object)
    assert described is not None
    found = described.field(key)
    assert found is not None
    return found


@pytest.mark.trap("P01")
@pytest.mark.trap("P02")
@pytest.mark.trap("P04")
@pytest.mark.trap("P05")
@pytest.mark.trap("P06")
@pytest.mark.trap("P07")
def test_clients_are_read_as_they_are(account: Account, schema: Schema) -> None:
    """Addresses keep their case, missing ones are empty, the deleted one is marked, owners are ids, text is whole."""
    clients = account.by_id("Client")
    assert clients["150"].values["Email"] == "BEATRIZ@BLUE-HERON-FOODS.EXAMPLE"
    assert clients["151"].values["Email"] == clients["152"].values["Email"] == ""
    assert clients["155"].values["Company"] == ""
    assert [id for id, record in clients.items() if record.deleted] == ["156"]
    assert [clients[id].values["Owner"] for id in ("157", "158", "159")] == ["4", "99", "5"]
    users = {user.id: user for user in schema.users}
    assert not users["4"].active
    assert users["5"].email == ""
    assert "99" not in users
    assert clients["160"].values["Client Name"] == "Zoë 🎁 O'Neil-Díaz"
    assert clients["160"].values["Supplier Tier"] == "Platinum?"
    assert clients["153"].raw["company"] == "tidepool coffee "


@pytest.mark.trap("P03")
@pytest.mark.promise("F-060")
def test_companies_are_the_different_names_of_clients_and_leads(account: Account, schema: Schema) -> None:
    """Case and blanks do not make another company, a legal form does, and is told; the deleted client's counts not."""
    records, findings = account.all("Company")
    names = [record.values["Name"] for record in records if "tidepool" in record.id]
    assert names == ["Tidepool Coffee", "Tidepool Coffee Inc."]
    assert len({record.id for record in records}) == len(records) == 21
    assert codes(findings) == {"alike-names": ["company:tidepool coffee inc."]}
    described = schema.object("Client")
    assert described is not None
    assert [(link.name, link.to, link.name_field) for link in described.links] == [("company", ("Company",), "Company")]


@pytest.mark.trap("P03")
def test_companies_go_on_in_another_process(account: Account, schema: Schema) -> None:
    """From a page's cursor on no company comes twice, and the pages before it are asked for once."""
    whole = [record.id for record in account.all("Company")[0]]
    given: list[str] = []
    at: str | None = None
    while True:
        account.source = account.another()
        account.run(account.source.schema())
        account.sent.clear()
        page = account.run(account.source.read("Company", None, at))
        assert len({str(request.query) + request.path for request in account.sent}) == len(account.sent)
        given += [record.id for record in page.records]
        at = page.next
        if at is None:
            break
    assert given == whole


@pytest.mark.trap("P08")
@pytest.mark.trap("P09")
@pytest.mark.trap("P10")
@pytest.mark.trap("P13")
def test_amounts_and_links_of_projects_are_kept_as_given(account: Account, schema: Schema) -> None:
    """No amount is told from 0; a thousands comma is read, "3.5k" is not; links to nobody stay as they are."""
    projects = account.by_id("Project")
    findings = account.all("Project")[1]
    assert codes(findings)["no-amount"] == ["720"]
    amounts = {id: parse(field(schema, "Project", "Amount"), projects[id].values["Amount"], DENVER) for id in projects}
    assert (amounts["720"].value, amounts["721"].value, amounts["725"].value) == (None, 0, 1250)
    assert amounts["726"] == (None, ("not-a-number",))
    assert projects["726"].values["Amount"] == "USD 3.5k"
    assert [projects[id].values["Client ID"] for id in ("722", "723", "724")] == ["156", "", "9999"]
    assert projects["729"].values["Fulfillment"] == "Shipped?"


@pytest.mark.trap("P11")
@pytest.mark.trap("P12")
@pytest.mark.promise("F-003")
def test_stages_are_told_by_their_id(account: Account, schema: Schema) -> None:
    """A name that two pipelines use is told apart by the id; an unknown id keeps the name, its HTML entity resolved."""
    projects = account.by_id("Project")
    assert projects["727"].values["Stage"] == "Schools / Quote Sent"
    assert projects["728"].values["Stage"] == "Artwork & Proof"
    pipelines = {one["label"]: one["stages"] for one in schema.account["pipelines"]}
    assert [s["label"] for s in pipelines["Corporate"]][1:3] == ["Quote Sent", "Artwork Approved"]
    assert {s["label"]: s["probability"] for s in pipelines["Schools"]}["Quote Sent"] == 25
    assert codes(account.all("Project")[1])["unknown-stage"] == ["728"]


@pytest.mark.trap("P14")
@pytest.mark.trap("P15")
@pytest.mark.trap("P16")
@pytest.mark.trap("P17")
@pytest.mark.trap("P18")
@pytest.mark.trap("P19")
def test_commissions_are_worked_out_again_and_never_mended(account: Account, schema: Schema) -> None:
    """Tiers and shares are documented; wrong sums, clawbacks and rates below 1 are told; amounts stay."""
    records, findings = account.all("Commission")
    by_id = {record.id: record.values for record in records}
    assert by_id["920"]["Amount"] == "810.00"
    assert by_id["920"]["Logic"] == "5 % up to 5000; 8 % above 5000"
    assert by_id["921"]["Logic"] == "Tom Becker 60 % = 120.00; Priya Raman 40 % = 80.00"
    assert by_id["923"]["Amount"] == "-75.00"
    assert by_id["924"]["Project ID"] == "7777"
    assert (by_id["925"]["Rate"], by_id["925"]["Rate (percent)"]) == ("0.05", "5")
    found = codes(findings)
    assert found["shares-differ"] == ["922"]
    assert found["negative-amount"] == ["923"]
    assert found["rate-is-share"] == ["925"]
    assert "920" not in found.get("amount-differs", [])
    assert msgspec.json.decode(by_id["920"]["Tiers"])[1] == {"up_to": None, "rate": 8}


@pytest.mark.trap("P20")
@pytest.mark.trap("P21")
@pytest.mark.trap("P22")
def test_tasks_name_their_rule_and_their_parent(account: Account, schema: Schema) -> None:
    """Tasks that a rule made say which; a related id is the same as number and as text; HTML stays."""
    records, findings = account.all("Task")
    tasks = {record.id: record.values for record in records}
    assert {tasks[id]["Made By Rule"] for id in ("t3", "t6", "t9")} == {"rule-7", "rule-12"}
    assert schema.account["automations"] == [
        {"id": "rule-7", "label": "rule-7", "makes": "Task"}, {"id": "rule-12", "label": "rule-12", "makes": "Task"},
    ]  # fmt: skip
    assert tasks["t1"]["Related ID"] == tasks["t20"]["Related ID"] == "700"
    assert tasks["t20"]["Body"].startswith("<p>Proof <b>2</b></p>")
    assert (tasks["t22"]["Related ID"], tasks["t22"]["Status"]) == ("", "blocked")
    assert codes(findings)["no-parent"] == ["t22"]


@pytest.mark.trap("P23")
def test_each_column_of_times_is_read_by_its_own_rule(account: Account, schema: Schema) -> None:
    """Seconds and milliseconds since 1970, ISO with a zone, and local times of Denver are one instant each."""
    zone = ZoneInfo(str(schema.account["zone"]))
    assert zone == DENVER

    def read(object: str, id: str, key: str) -> tuple[object, ...]:
        return tuple(parse(field(schema, object, key), account.by_id(object)[id].values[key], zone))

    assert read("Task", "t1", "Created") == ("2025-03-14T18:00:00Z", ())
    assert read("Presentation", "p-0", "Shared") == ("2025-03-11T18:00:00Z", ())
    assert read("Client", "100", "Created") == ("2024-10-12T21:16:00Z", ())
    assert read("Project", "700", "Created") == ("2024-12-07T16:38:00Z", ())
    assert read("Task", "t21", "Due") == (None, ())


@pytest.mark.trap("P25")
@pytest.mark.trap("P26")
@pytest.mark.trap("P27")
@pytest.mark.promise("F-012")
def test_custom_objects_are_read_by_their_description(account: Account, schema: Schema) -> None:
    """Unknown types are text, keys with blanks and JSON stay, a look-up to itself is a link, and they come last."""
    proof = schema.object("artwork_proof")
    assert proof is not None
    assert proof.label == "Artwork Proof"
    kinds = {f.key: f.kind for f in proof.fields}
    assert kinds == {"id": "text", "project": "reference", "version": "number", "colors": "multienum",
                     "approved on": "date", "pantone": "text", "previous": "reference"}  # fmt: skip
    assert {link.name: link.to for link in proof.links} == {"project": ("Project",), "previous": ("artwork_proof",)}
    nine = account.by_id("artwork_proof")["9"].values
    assert (nine["previous"], nine["colors"], nine["approved on"]) == ("9", '["Purple"]', "10.03.2025")
    assert "Purple" not in [option.label for option in field(schema, "artwork_proof", "colors").options]
    assert parse(field(schema, "artwork_proof", "approved on"), "10.03.2025", DENVER).value is None
    kit = account.by_id("sample_kit")["2"].values
    assert kit == {"id": "2", "client": "101", "contents": '{"mugs":1,"pens":[1,2]}', "returned": "true"}
    assert [o.name for o in schema.objects][-2:] == ["artwork_proof", "sample_kit"]
    assert [f.where for f in schema.findings if f.code == "unknown-type"] == ["custom-objects"]


@pytest.mark.trap("P28")
@pytest.mark.trap("P29")
def test_a_converted_lead_names_its_client(account: Account, schema: Schema) -> None:
    """The converted lead is told and linked; a stage outside the pipelines stays as it is; a score as text is read."""
    records, findings = account.all("Lead")
    leads = {record.id: record.values for record in records}
    assert leads["402"]["Converted To"] == "102"
    assert codes(findings)["converted-lead"] == ["402"]
    assert (leads["405"]["Stage"], leads["406"]["Email"]) == ("Qualified??", "")
    assert codes(findings)["unknown-stage"] == ["405"]
    assert parse(field(schema, "Lead", "Score"), leads["407"]["Score"], DENVER).value == 87


@pytest.mark.trap("P31")
@pytest.mark.trap("P32")
@pytest.mark.trap("P33")
@pytest.mark.trap("P34")
@pytest.mark.promise("F-001")
def test_each_misbehaviour_of_the_recording_is_met(schema: Schema) -> None:
    """Repeats come once, failed attempts are waited for, totals that lie are told, a stuck mark ends the reading."""
    account = opened("promoxcrm")
    account.run(account.source.schema())
    clients, said = account.all("Client")
    assert len(clients) == len({record.id for record in clients}) == 35
    assert codes(said) == {"repeated-rows": [""]}
    projects, said = account.all("Project")
    assert len(projects) == 24
    told = next(finding for finding in said if finding.code == "total-differs")
    assert "states 23 rows and gave 24" in told.detail
    tasks, said = account.all("Task")
    assert len(tasks) == 16
    assert "cursor-stuck" in codes(said)
    assert 2.0 in account.clock.slept, "the wait that the 429 asked for"
    counts = {o.name: o.count for o in schema.objects if o.count is not None}
    assert counts == {"Client": 35, "Lead": 12, "Project": 24, "Commission": 14, "Task": 16, "Presentation": 8,
                      "artwork_proof": 6, "sample_kit": 4}  # fmt: skip


def test_a_new_process_goes_on_from_a_cursor(account: Account, schema: Schema) -> None:
    """Reading in pieces, each by a source of its own, gives the same records as reading at once."""
    whole = [record.id for record in account.all("Task")[0]]
    pieces: list[str] = []
    at: str | None = None
    while True:
        source = account.another()
        account.run(source.schema())
        page = account.run(source.read("Task", None, at))
        pieces += [record.id for record in page.records]
        at = page.next
        if at is None:
            break
    assert pieces == whole
