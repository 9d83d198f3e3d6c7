"""PromoXcrm into Pipedrive: every planted trap, by its stated outcome."""

import pytest

from adapters.sandbox.rest.settings import FIXTURE_PROMOX
from tests.pairs.promoxcrm.story import Story, lines

pytestmark = pytest.mark.xdist_group("promoxcrm")


# --- clients and companies -------------------------------------------------------------------------------------------


@pytest.mark.trap("P01")
def test_client_with_the_same_mail_in_capitals_is_a_reported_duplicate(story: Story) -> None:
    """One of the two survives; the other leads to it."""
    review = story.end.one("duplicate", "Client", "150")
    assert "beatriz@blue-heron-foods.example" in review["question"]
    assert ("Client/103" in story.end.account, "Client/150" in story.end.account) == (True, False)
    ids = [
        line.split(",")[3] for line in story.crosswalk.splitlines() if line.startswith(("Client,103,", "Client,150,"))
    ]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.trap("P02")
def test_clients_without_a_mail_are_no_duplicates_of_each_other(story: Story) -> None:
    """Both are there, and each is told to have no address."""
    assert story.end.account["Client/151"]["name"] == "Nora Nomail"
    assert story.end.account["Client/152"]["name"] == "Emil Empty"
    assert [f["key"] for f in story.found("no-emails")] == ["151", "152"]
    assert [i["key"] for i in story.end.asked("duplicate", "Client")] == ["150"]


@pytest.mark.trap("P03")
def test_companies_are_one_but_for_case_and_blanks_and_a_legal_form_is_asked_about(story: Story) -> None:
    """Two spellings are one organization; the third was proposed, and a person agreed."""
    account = story.end.account
    assert account["Client/104"]["org_id"] == account["Client/153"]["org_id"] == "Company/company:tidepool coffee"
    review = story.at_gate.one("duplicate", "Company", "company:tidepool coffee inc.")
    assert (review["proposed"], review["status"], review["choice"]) == ("merge", "resolved", "merge")
    assert account["Client/154"]["org_id"] == "Company/company:tidepool coffee"
    assert [r["name"] for r in account.raw["organizations"] if "idepool" in r["name"]] == ["Tidepool Coffee"]


@pytest.mark.trap("P04")
def test_client_without_a_company_stays_alone(story: Story) -> None:
    """There is no stand-in organization."""
    assert story.end.account["Client/155"]["org_id"] is None
    assert story.found("no-org-id", "Client", "155")


@pytest.mark.trap("P05")
def test_deleted_client_is_not_moved_and_counts_as_skipped(story: Story) -> None:
    """Its project is an orphan."""
    assert "Client/156" not in story.end.account
    assert story.end.counts("Client") == {"extracted": 35, "written": 33, "skipped": 2}
    assert story.found("link-to-skipped", "Project", "722")[0]["detail"].endswith("(deleted at the source)")
    assert story.at_gate.one("orphan", "Project", "722")["status"] == "open"


@pytest.mark.trap("P06")
@pytest.mark.promise("F-109")
@pytest.mark.promise("F-110")
def test_owners_that_cannot_be_matched_wait_in_a_queue_with_reasons(story: Story) -> None:
    """Nothing at all is loaded before the queue is empty."""
    questions = [i["question"] for i in story.at_gate.asked("owner")]
    assert sorted(q.split(" has no user")[0] for q in questions) == [
        "The owner '4' (Gil Foster, gil.foster@brightpath.example, inactive)",
        "The owner '5' (House Account, no e-mail)",
        "The owner '99' (no user of the source has that id)",
    ]
    assert story.gate.code == 3
    assert all(i["blocks"] for i in story.at_gate.asked("owner"))
    assert [story.end.account[f"Client/{n}"]["owner_id"] for n in (157, 158, 159)] == [9, 9, 9]


@pytest.mark.trap("P07")
@pytest.mark.promise("F-054")
def test_text_is_intact_and_an_unknown_option_goes_to_the_value_mapping(story: Story) -> None:
    """The tier that one record alone has is asked about, and is what a person says."""
    review = story.end.one("value", "Client", "Supplier Tier")
    assert "'Platinum?'" in review["question"]
    assert review["choices"] == ["as:Bronze", "as:Silver", "as:Gold", "new:Platinum?"]
    client = story.end.account["Client/160"]
    assert (client["name"], client["Supplier Tier"]) == ("Zoë 🎁 O'Neil-Díaz", "Gold")


# --- projects --------------------------------------------------------------------------------------------------------


@pytest.mark.trap("P08")
@pytest.mark.promise("F-068")
def test_project_without_a_value_is_a_deal_of_zero_that_is_to_be_filled(story: Story) -> None:
    """A real zero is not told the same way."""
    assert [story.end.account[f"Project/{n}"]["value"] for n in (720, 721)] == [0, 0]
    assert [f["key"] for f in story.found("no-value", "Project")] == ["720"]
    assert [f["key"] for f in story.found("no-amount")] == ["720"]


@pytest.mark.trap("P09")
@pytest.mark.promise("F-040")
def test_orphaned_projects_wait_and_none_becomes_a_deal_without_a_decision(story: Story) -> None:
    """Each is in the queue with its reason; here a person left them out."""
    named = {i["key"]: i["question"] for i in story.at_gate.asked("orphan", "Project")}
    assert {key: text.partition("(it names ")[2].partition(")")[0] for key, text in named.items()} == {
        "722": "client '156'",
        "723": "nothing",
        "724": "client '9999'",
    }
    assert not {"Project/722", "Project/723", "Project/724"} & story.end.account.by_key.keys()
    assert story.end.counts("Project") == {"extracted": 24, "written": 21, "skipped": 3}


@pytest.mark.trap("P10")
def test_amount_as_text_is_read_and_a_doubtful_one_stays_raw(story: Story) -> None:
    """1,250.00 is a number; USD 3.5k is told and not guessed."""
    assert story.end.account["Project/725"]["value"] == 1250
    assert story.raw("Project", "726")["Amount"] == "USD 3.5k"
    assert story.found("not-a-number", "Project", "726")
    assert story.end.account["Project/726"]["value"] == 0


@pytest.mark.trap("P11")
@pytest.mark.promise("F-056")
@pytest.mark.promise("F-058")
def test_stage_of_one_name_in_two_pipelines_goes_by_its_id(story: Story) -> None:
    """Both pipelines are there in their order, with their own probabilities."""
    assert story.end.account.stage("Project/727") == ("Schools", "Quote Sent", 25)
    assert story.end.account.stage("Project/706") == ("Corporate", "Quote Sent", 40)
    made = {p["id"]: p["name"] for p in story.end.account.raw["pipelines"] if p["name"] in ("Corporate", "Schools")}
    found = sorted(story.end.account.raw["stages"], key=lambda s: (s["pipeline_id"], s["order_nr"]))
    steps = [(made[s["pipeline_id"]], s["name"]) for s in found if s["pipeline_id"] in made]
    assert steps == [
        *(("Corporate", s) for s in ("Inquiry", "Quote Sent", "Artwork Approved", "Order Confirmed", "Shipped")),
        ("Corporate", "Artwork & Proof"),
        *(("Schools", s) for s in ("Quote Sent", "PO Received", "Delivered")),
    ]


@pytest.mark.trap("P12")
def test_stage_id_in_no_pipeline_goes_to_the_stage_mapping_by_its_plain_name(story: Story) -> None:
    """The entity in its name is read."""
    review = story.end.one("value", "Project", "Stage")
    assert "'Artwork & Proof'" in review["question"]
    assert {"as:Corporate / Quote Sent", "as:Schools / Quote Sent", "stage:Schools/Artwork & Proof"} <= set(
        review["choices"]
    )
    assert story.end.account.stage("Project/728")[:2] == ("Corporate", "Artwork & Proof")


@pytest.mark.trap("P13")
@pytest.mark.promise("F-055")
def test_status_outside_the_options_is_mapped_and_its_text_is_kept(story: Story) -> None:
    """A person said that it is a value of its own."""
    review = story.end.one("value", "Project", "Fulfillment")
    assert (review["choices"][-1], review["choice"]) == ("new:Shipped?", "new:Shipped?")
    assert story.raw("Project", "729")["Fulfillment"] == "Shipped?"
    assert story.end.account["Project/729"]["Fulfillment"] == "Shipped?"


@pytest.mark.promise("F-067")
def test_project_keeps_all_that_is_said_of_it(story: Story) -> None:
    """Campaign, items, supplier and fulfilment are fields of the deal; its client is the deal's person."""
    deal = story.end.account["Project/700"]
    assert (deal["title"], deal["value"], deal["currency"]) == ("Harborlight onboarding kits", 4925, "USD")
    assert (deal["person_id"], deal["org_id"]) == ("Client/100", "Company/company:harborlight")
    assert deal["Items"] == story.raw("Project", "700")["Items"] == '[{"sku":"PX-132","qty":363,"unit_price":"2.79"}]'
    assert [deal[n] for n in ("Campaign", "Supplier reference", "Fulfillment")] == ["Spring", "SUP-5918", "delivered"]


# --- commissions -----------------------------------------------------------------------------------------------------


@pytest.mark.trap("P14")
@pytest.mark.promise("F-070")
def test_tiered_commission_keeps_its_amount_and_documents_its_tiers(story: Story) -> None:
    """810.00 is what the tiers come to: nothing is told, and the rule stands in words."""
    note = story.end.account["Commission/920"]
    assert (note["deal_id"], lines(note)["Commission amount"]) == ("Project/708", "810.00")
    assert lines(note)["How it is worked out"] == "5 % up to 5000; 8 % above 5000"
    assert story.end.account["Project/708"]["Commission"] == 810
    assert not story.found("amount-differs", "Commission", "920")


@pytest.mark.trap("P15")
@pytest.mark.promise("F-069")
def test_split_commission_is_documented_and_its_place_is_asked_once(story: Story) -> None:
    """Every commission waits for the one answer; both shares stand in words."""
    review = story.at_gate.one("placement", "Commission", "Commission")
    assert (review["choices"], len(review["blocks"])) == (["project", "project.client"], 13)
    note = lines(story.end.account["Commission/921"])
    assert note["How it is worked out"] == "Tom Becker 60 % = 120.00; Priya Raman 40 % = 80.00"
    assert story.end.account["Project/709"]["Commission"] == 200


@pytest.mark.trap("P16")
def test_shares_that_do_not_add_up_are_told_and_not_rescaled(story: Story) -> None:
    """50 and 40 stay 50 and 40."""
    assert "add up to 90" in story.found("shares-differ", "Commission", "922")[0]["detail"]
    note = lines(story.end.account["Commission/922"])
    assert note["How it is worked out"] == "Tom Becker 50 % = 50.00; Gil Foster 40 % = 40.00"
    assert note["Splits"] == '[{"user_id":2,"share":50},{"user_id":4,"share":40}]'


@pytest.mark.trap("P17")
def test_clawback_stays_negative(story: Story) -> None:
    """In the note and in the sum."""
    assert lines(story.end.account["Commission/923"])["Commission amount"] == "-75.00"
    assert story.end.account["Project/711"]["Commission"] == -75
    assert story.found("negative-amount", "Commission", "923")


@pytest.mark.trap("P18")
def test_commission_of_a_project_that_does_not_exist_is_quarantined(story: Story) -> None:
    """It waits for a person, who leaves it out here; it is hung on nothing by itself."""
    review = story.at_gate.one("orphan", "Commission", "924")
    assert ("skip" in review["choices"], "'7777'" in review["question"]) == (True, True)
    assert "Commission/924" not in story.end.account


@pytest.mark.trap("P19")
def test_rate_that_is_a_share_is_five_per_cent_because_the_amount_proves_it(story: Story) -> None:
    """The rate as recorded stands beside it, and a person is told."""
    note = lines(story.end.account["Commission/925"])
    assert (note["Rate as recorded"], note["Rate in per cent"], note["Commission amount"]) == ("0.05", "5", "50.00")
    assert story.found("rate-is-share", "Commission", "925")


# --- tasks and times -------------------------------------------------------------------------------------------------


@pytest.mark.trap("P20")
@pytest.mark.promise("F-017")
def test_tasks_of_automations_are_moved_and_their_rules_are_listed(story: Story) -> None:
    """Two rules made three tasks."""
    rules = [f["detail"].split()[0] for f in story.found("automation", "Task")]
    assert rules == ["rule-7", "rule-12"]
    assert sorted(f["key"] for f in story.found("made-by-rule")) == ["t3", "t6", "t9"]
    made = [lines(story.end.account[f"Task/{t}"], "note")["Made by rule"] for t in ("t3", "t6", "t9")]
    assert made == ["rule-7", "rule-7", "rule-12"]


@pytest.mark.trap("P21")
def test_related_id_is_one_project_as_number_and_as_text(story: Story) -> None:
    """The body keeps its marks; the picture inside the old system is named."""
    first, second = story.end.account["Task/t1"], story.end.account["Task/t20"]
    assert first["deal_id"] == second["deal_id"] == "Project/700"
    assert second["note"].startswith("<p>Proof <b>2</b></p>")
    assert story.found("image-not-moved", "Task", "t20")


@pytest.mark.trap("P22")
def test_task_without_anything_is_attached_to_nothing(story: Story) -> None:
    """Where it belongs, whose it is and what "blocked" means were asked, one after the other."""
    assert story.at_gate.one("orphan", "Task", "t22")["choices"] == ["skip", "unlinked"]
    assert "'blocked'" in story.end.one("value", "Task", "Status")["question"]
    assert [i for i in story.end.asked("owner") if i["question"].startswith("Some records have no owner")]
    task = story.end.account["Task/t22"]
    assert [task[k] for k in ("deal_id", "person_id", "org_id", "lead_id")] == [None] * 4
    assert (task["owner_id"], task["done"], lines(task, "note")["Status"]) == (9, False, "blocked")


@pytest.mark.trap("P23")
@pytest.mark.promise("F-087")
def test_every_time_is_read_by_the_rule_of_its_column(story: Story) -> None:
    """Seconds, milliseconds, local time of Denver, and ISO with a zone."""
    account = story.end.account
    task = account["Task/t1"]
    assert (task["due_date"], task["due_time"]) == ("2025-04-03", "18:00:00")
    assert "Shared: 2025-03-11T18:00:00Z" in account.file("p-0")["description"]
    assert account["Project/700"]["Original created"] == "2024-12-07T16:38:00Z"
    assert account["Client/100"]["add_time"] == "2024-10-12T21:16:00Z"


# --- presentations and custom objects --------------------------------------------------------------------------------


@pytest.mark.trap("P24")
@pytest.mark.promise("F-135")
def test_files_that_cannot_be_fetched_are_listed_and_linked_again_in_words(story: Story) -> None:
    """A note on the same parent names each; another host never hears the key."""
    parents = {
        "p-10": ("deal_id", "Project/700"),
        "p-11": ("deal_id", "Project/701"),
        "p-12": ("person_id", "Client/105"),
    }
    for id, (field, parent) in parents.items():
        note = story.end.account[f"Presentation/{id}"]
        assert (note[field], "save it there by hand" in note["content"]) == (parent, True)
        assert story.end.one("file-missing", "Presentation", id)["choice"] == "note"
    assert "deck ünïcode (final) v2.pptx" in story.end.account["Presentation/p-12"]["content"]
    why = {f["key"]: f["detail"] for f in story.found("file-missing")}
    assert "drive.example, where our credentials are not sent" in why["p-12"]
    assert "files.promox.example, where our credentials are not sent" in why["p-11"]
    assert story.found("file-without-address", "Presentation", "p-10")


@pytest.mark.promise("F-133")
def test_file_that_can_be_fetched_hangs_on_its_deal_under_its_own_name(story: Story) -> None:
    """Name and parent are those of the source."""
    file = story.end.account.file("p-0")
    assert (file["name"], file["deal_id"]) == ("harborlight.pdf", story.end.account["Project/700"]["id"])


@pytest.mark.trap("P25")
def test_odd_values_of_a_custom_object_stay_as_they_are(story: Story) -> None:
    """An option outside the list, a date in another style, a reference to itself."""
    proof = lines(story.end.account["artwork_proof/9"])
    assert (proof["colors"], proof["approved on"], proof["previous"]) == ("Purple", "10.03.2025", "9")
    assert story.found("impossible-date", "artwork_proof", "9")
    assert "9 → 9 is a ring" in story.found("ring", "artwork_proof", "9")[0]["detail"]


@pytest.mark.trap("P26")
@pytest.mark.promise("F-012")
def test_unknown_type_odd_key_and_nested_json_are_kept_as_text(story: Story) -> None:
    """All fields of the described objects arrive."""
    proof = lines(story.end.account["artwork_proof/1"])
    assert (proof["pantone"], proof["approved on"], proof["colors"]) == ("186 C", "2025-02-10", "Red, Blue")
    assert "pantone (swatch)" in story.found("unknown-type")[0]["detail"]
    assert lines(story.end.account["sample_kit/1"])["contents"] == '{"mugs":0,"pens":[1,2]}'


@pytest.mark.trap("P27")
@pytest.mark.promise("F-090")
def test_custom_objects_are_loaded_after_what_they_look_up(story: Story) -> None:
    """Each hangs on its project or client, which was there before."""
    at = {}
    for event in story.log:
        if event["kind"] == "WriteApplied":
            at.setdefault(f"{event['object']}/{event['key']}", event["position"])
    for kind, field, count in (("artwork_proof", "deal_id", 6), ("sample_kit", "person_id", 4)):
        found = {key: note for key, note in story.end.account.by_key.items() if key.startswith(f"{kind}/")}
        assert len(found) == count
        assert all(at[note[field]] < at[key] for key, note in found.items())


# --- leads -----------------------------------------------------------------------------------------------------------


@pytest.mark.trap("P28")
def test_converted_lead_is_no_open_lead_and_leads_to_its_client(story: Story) -> None:
    """It is skipped for the client, and found by its id in the crosswalk."""
    assert "Lead/402" not in story.end.account.leads()
    assert story.end.counts("Lead") == {"extracted": 12, "written": 11, "skipped": 1}
    rows = [line.split(",") for line in story.crosswalk.splitlines()]
    there = {(row[0], row[1]): row[2:4] for row in rows}
    assert there["Lead", "402"] == there["Client", "102"] == ["person", str(story.end.account["Client/102"]["id"])]
    assert "client 102" in story.found("converted-lead", "Lead", "402")[0]["detail"]


@pytest.mark.trap("P29")
@pytest.mark.promise("F-065")
@pytest.mark.promise("F-066")
def test_odd_leads_are_mapped_told_and_read(story: Story) -> None:
    """A stage outside the pipeline is asked about, a missing address is told, a score as text is a number."""
    assert "'Qualified??'" in story.end.one("value", "Lead", "Stage")["question"]
    assert story.end.account.lead("405")["Lead stage"] == "Qualified??"
    assert story.end.account.lead("400")["Lead stage"] == "Corporate / Inquiry"
    assert story.found("no-email", "Lead", "406")
    assert story.end.account.lead("406")["organization_id"] == "Company/company:pinecrest homes"
    lead = story.end.account.lead("407")
    assert (lead["Lead score"], lead["Lead routing"]) == (87, "web-b")


# --- the API ---------------------------------------------------------------------------------------------------------


@pytest.mark.trap("P30")
@pytest.mark.promise("F-008")
def test_login_page_is_not_taken_for_an_api(story: Story) -> None:
    """Where the key does not travel in the right header, the probe says so."""
    assert story.unlocked.code == 1
    assert "not authenticated" in story.unlocked.stderr


@pytest.mark.trap("P31")
@pytest.mark.promise("F-028")
def test_every_client_is_there_once_whatever_the_pages_repeat(story: Story) -> None:
    """The record that came twice is told."""
    assert story.end.counts("Client")["extracted"] == 35
    assert story.found("repeated-rows", "Client")
    assert len([e for e in story.log if (e["kind"], e["object"]) == ("RecordExtracted", "Client")]) == 35


@pytest.mark.trap("P32")
@pytest.mark.promise("F-119")
def test_first_refusals_are_waited_for_and_asked_again(story: Story) -> None:
    """The source refused three times, once with status 200; every record came, and it was never written to."""
    counts = {name: story.end.counts(name)["extracted"] for name in ("Lead", "Project", "Commission")}
    assert counts == {"Lead": 12, "Project": 24, "Commission": 14}
    assert story.asked_at_source["writes"] == 0
    assert FIXTURE_PROMOX["first"] == "leads=429@page:1,projects=500@offset:9,commissions=failed@page:1"


@pytest.mark.trap("P33")
@pytest.mark.promise("F-024")
def test_total_that_differs_from_the_rows_is_told(story: Story) -> None:
    """The rows count."""
    assert "states 23 rows and gave 24" in story.found("total-differs", "Project")[0]["detail"]


@pytest.mark.trap("P34")
def test_mark_that_does_not_move_ends_the_reading(story: Story) -> None:
    """Every task is there, and it is told."""
    assert story.end.counts("Task") == {"extracted": 16, "written": 16}
    assert story.found("cursor-stuck", "Task")
