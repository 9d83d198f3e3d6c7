"""What an org is described as."""

from typing import Any

import pytest

from adapters.protocols import Field, ObjectSchema, Request, Response, Schema
from adapters.sources import UnreadableError
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.answers import VERSIONS_PATH
from adapters.sources.salesforce.describing import info_of
from adapters.sources.salesforce.product import split_up
from adapters.sources.salesforce.soql import long_id, quoted
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import BASE, PaperOrg, drive, loaded, ok, refused


def schema_of(org: PaperOrg) -> Schema:
    return drive(Salesforce(ImproveIt360()), org, Salesforce(ImproveIt360()).schema())


@pytest.fixture(name="schema", scope="module")
def _schema() -> Schema:
    return schema_of(PaperOrg())


def described(schema: Schema, name: str) -> ObjectSchema:
    found = schema.object(name)
    assert found is not None
    return found


def field_of(schema: Schema, name: str, key: str) -> Field:
    found = described(schema, name).field(key)
    assert found is not None
    return found


@pytest.mark.promise("F-001")
def test_objects_in_order_with_counts(schema: Schema) -> None:
    """The package's objects, counted to the record; history, links and users are no objects of ours."""
    counts = {o.name: o.count for o in schema.objects}
    assert counts == {
        "Account": 12, "Contact": 19, "i360__Staff__c": 6, "i360__Marketing_Source__c": 3, "i360__Prospect__c": 14,
        "i360__Lead_Source__c": 8, "i360__Appointment__c": 10, "i360__Sale__c": 8, "i360__Project__c": 5,
        "i360__Marketing_Task__c": 3, "Task": 13, "TaskSeries": 1, "Event": 5, "EventCopy": 1, "File": None,
        "Note": None,
    }  # fmt: skip
    assert {o.method for o in schema.objects if o.count is not None} == {"SELECT COUNT()"}
    assert all(o.identity.id_field == "Id" for o in schema.objects)


@pytest.mark.parametrize(
    ("name", "key", "kind"),
    [
        ("Contact", "Id", "text"), ("Contact", "OwnerId", "user"), ("Contact", "AccountId", "reference"),
        ("Contact", "Email", "email"), ("Contact", "MobilePhone", "phone"), ("Contact", "MailingStreet", "longtext"),
        ("Contact", "HasOptedOutOfEmail", "boolean"), ("Contact", "Interests__c", "multienum"),
        ("Contact", "CreatedDate", "datetime"), ("Account", "Website", "url"),
        ("Account", "NumberOfEmployees", "number"),
        ("Account", "AnnualRevenue", "money"), ("i360__Sale__c", "i360__Sold_On__c", "date"),
        ("i360__Sale__c", "i360__Status__c", "enum"), ("i360__Prospect__c", "i360__Comments__c", "html"),
        ("Task", "WhatId", "reference"), ("Task", "WhatType", "enum"), ("File", "Body", "file"),
        ("i360__Staff__c", "i360__User__c", "user"), ("Note", "Body", "html"),
    ],
)  # fmt: skip
def test_kinds(schema: Schema, name: str, key: str, kind: str) -> None:
    """By the type of Salesforce."""
    assert field_of(schema, name, key).kind == kind


def test_what_is_no_field(schema: Schema) -> None:
    """Compounds repeat their parts; deletion, stamp and master are said by the record itself."""
    keys = {f.key for o in schema.objects for f in o.fields}
    assert not keys & {
        "BillingAddress",
        "MailingAddress",
        "VersionData",
        "IsDeleted",
        "SystemModstamp",
        "MasterRecordId",
    }


@pytest.mark.promise("F-020")
def test_calculated_fields(schema: Schema) -> None:
    """Formulas and roll-ups are marked."""
    assert field_of(schema, "i360__Sale__c", "i360__Net_Price__c").calculated
    assert not field_of(schema, "i360__Sale__c", "i360__Sold_Price__c").calculated


@pytest.mark.promise("F-010")
def test_what_is_custom(schema: Schema) -> None:
    """What has no namespace, or a foreign one; the package's own fields are standard."""
    custom = {(o.name, f.key) for o in schema.objects for f in o.fields if f.custom}
    assert custom == {
        ("Account", "Preferred_Trades__c"), ("Contact", "Lifecycle_Stage__c"), ("Contact", "Interests__c"),
        ("i360__Prospect__c", "Legacy_Sold_On_Date__c"), ("i360__Project__c", "Contract_Value__c"),
        ("i360__Project__c", "Budget__c"), ("i360__Sale__c", "Entered Pending"), ("i360__Sale__c", "Entered Active"),
        ("i360__Sale__c", "Entered Financed"),
    }  # fmt: skip
    org = PaperOrg()
    org.described["Contact"]["fields"].append(
        {**org.described["Contact"]["fields"][10], "name": "supportworks__Company__c", "custom": True}
    )
    for row in org.records["Contact"]:
        row["supportworks__Company__c"] = None
    assert field_of(schema_of(org), "Contact", "supportworks__Company__c").custom


@pytest.mark.promise("F-019")
def test_inactive_options_are_listed(schema: Schema) -> None:
    """A value that is no longer offered still sits in old records."""
    assert "On Hold - Bank" in {o.id for o in field_of(schema, "i360__Sale__c", "i360__Status__c").options}


def test_links(schema: Schema) -> None:
    """By id, to objects that are read; queues and users are owners, not links."""
    links = {link.name: (link.to, link.id_field) for link in described(schema, "i360__Sale__c").links}
    assert links == {
        "i360__Prospect__r": (("i360__Prospect__c",), "i360__Prospect__c"),
        "i360__Appointment__r": (("i360__Appointment__c",), "i360__Appointment__c"),
        "i360__Sales_Rep_1__r": (("i360__Staff__c",), "i360__Sales_Rep_1__c"),
    }
    assert {link.name for link in described(schema, "Account").links} == {"Parent"}


@pytest.mark.trap("I01")
@pytest.mark.promise("F-005")
def test_users(schema: Schema) -> None:
    """All of them, inactive ones too; a process is kept, without an address, so that nobody takes it for a person."""
    users = {u.id: u for u in schema.users}
    assert users["0055f0000000100AAA"].email == "maya.ortiz@brightpath.example"
    assert not users["0055f0000000104AAA"].active
    process = users["0055f0000000109AAA"]
    assert (process.name, process.email, process.active) == ("Automated Process", "", False)
    assert [f.key for f in schema.findings if f.code == "not-a-person"] == ["0055f0000000109AAA"]


def test_addresses_of_a_sandbox_are_told() -> None:
    """They match nobody, and are not mended."""
    org = PaperOrg()
    org.records["User"][0]["Email"] = "maya.ortiz@brightpath.example.invalid"
    schema = schema_of(org)
    assert "masked-addresses" in {f.code for f in schema.findings}
    assert schema.users[0].email.endswith(".invalid")


@pytest.mark.trap("I05")
def test_a_queue_is_no_user(schema: Schema) -> None:
    """Its records are told; its id is no user's."""
    org, source = PaperOrg(page=100), Salesforce(ImproveIt360())
    drive(source, org, source.schema())
    page = drive(source, org, source.read("Account", None, None))
    assert [(f.code, f.key) for f in page.findings] == [("queue-owner", "0015f000000010KAAQ")]
    assert not any(u.id.startswith("00G") for u in schema.users)


@pytest.mark.trap("I36")
@pytest.mark.promise("F-085")
def test_validation_rules(schema: Schema) -> None:
    """With the object, the field and the words that people see."""
    assert schema.account["validation_rules"] == [
        {
            "object": "i360__Prospect__c", "name": "Require_Source", "field": "i360__Status__c",
            "message": "Lead source is required", "active": True,
        }
    ]  # fmt: skip


def test_what_may_not_be_seen_is_told() -> None:
    """Rules, counts, describes one by one: what is refused is left out and told."""
    org = PaperOrg()

    def refuse(request: Request) -> Response | None:
        if "/tooling/" in request.path:
            return refused("INSUFFICIENT_ACCESS", "no", 403)
        if request.path.endswith("/composite/batch"):
            return refused("API_DISABLED_FOR_ORG", "no", 403)
        if request.path.endswith("/describe"):
            name = request.path.split("/")[-2]
            return ok(org.described[name]) if name in org.described and name != "Event" else refused("X", "gone", 404)
        if "COUNT()" in request.query.get("q", "") and "FROM Task" in request.query["q"]:
            return refused("QUERY_TIMEOUT", "too long")
        return None

    org.refuse = refuse
    schema = schema_of(org)
    assert {"rules-hidden", "object-refused"} <= {f.code for f in schema.findings}
    assert schema.object("Event") is None
    assert (described(schema, "Task").count, described(schema, "Task").method[:5]) == (14, "about")
    assert described(schema, "TaskSeries").count is None


def test_facts_of_the_account() -> None:
    """Company, zone, corporate currency, queues, active flows, where the org shows them."""
    org = PaperOrg()
    answers = {
        "Organization": [{"Name": "Bright Path", "TimeZoneSidKey": "America/New_York"}],
        "CurrencyType": [{"IsoCode": "USD"}],
        "Group": [{"Id": "00G5f0000000100EAA", "Name": "Inbound"}],
        "FlowDefinitionView": [{"Label": "Follow up", "ProcessType": "Flow", "TriggerObjectOrEventLabel": None}],
    }  # fmt: skip

    def refuse(request: Request) -> Response | None:
        soql = request.query.get("q", "")
        if " FROM Flow " in soql:  # the Tooling API is closed to our user, the view is not
            return refused("INVALID_TYPE", "sObject type 'Flow' is not supported.")
        name = next((n for n in answers if f" FROM {n}" in soql), None)
        return ok({"done": True, "records": answers[name]}) if name else None

    org.refuse = refuse
    org.sobjects["sobjects"] += [{"name": "CurrencyType", "queryable": True}, {"name": "FlowDefinitionView"}]
    account = schema_of(org).account
    assert (account["company"], account["zone"], account["currency"]) == ("Bright Path", "America/New_York", "USD")
    assert account["queues"] == [{"id": "00G5f0000000100EAA", "name": "Inbound"}]
    assert account["automations"] == [
        {"id": "", "kind": "flow", "name": "Follow up", "object": "", "when": "", "does": ""}
    ]


def test_other_objects_are_read_where_they_hold_records() -> None:
    """A custom object of the customer's is read when it is not empty; settings, shares and histories never."""
    org = PaperOrg()
    for name, count in (("Warranty__c", 1), ("Empty__c", 0), ("Lead", 0)):
        org.sobjects["sobjects"].append({"name": name, "label": name, "custom": True, "keyPrefix": "a99"})
        org.described[name] = {**org.described["i360__Marketing_Source__c"], "name": name, "label": name}
        source = org.records["i360__Marketing_Source__c"]
        org.records[name] = [{**source[0], "Id": "a995f0000000100AAA"}][:count]
    org.sobjects["sobjects"].append({"name": "Setting__c", "custom": True, "customSetting": True})

    def refuse(request: Request) -> Response | None:
        if not request.path.endswith("recordCount"):
            return None
        assert "Setting__c" not in request.query["sObjects"]
        return ok({"sObjects": [{"name": "Warranty__c", "count": 1}, {"name": "Empty__c", "count": 0}]})

    org.refuse = refuse
    schema = schema_of(org)
    assert described(schema, "Warranty__c").count == 1
    assert schema.object("Empty__c") is None
    assert schema.object("Lead") is None


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        (["59.0", "60.0"], "60.0"),
        (["60.0", "61.0", "67.0"], "61.0"),
        (["8.0", "20.0"], "20.0"),
        (["62.0"], None),
        ([], None),
    ],
)
def test_the_version_that_is_used(versions: list[str], chosen: str | None) -> None:
    """The one that was tested, or the newest below it; a host that lists none is no Salesforce."""
    source = Salesforce(ImproveIt360())
    flow = source.schema()
    assert next(flow).path == VERSIONS_PATH
    answer = Response(status=200, body=[{"version": v} for v in versions])
    if chosen:
        assert flow.send(answer).path == f"/services/data/v{chosen}/sobjects"
    else:
        with pytest.raises(UnreadableError, match="no Salesforce org"):
            flow.send(answer)


def test_record_types_have_names() -> None:
    """An id of a record type reads like a pick-list."""
    line: dict[str, Any] = {
        **loaded(BASE / "describe" / "Account.json"),
        "recordTypeInfos": [
            {"recordTypeId": "0125f000000ABCDAAA", "name": "Vendor", "master": False},
            {"recordTypeId": "012000000000000AAA", "name": "Master", "master": True},
        ],
    }
    base = line["fields"][3]
    line["fields"] = [*line["fields"], {**base, "name": "RecordTypeId", "referenceTo": ["RecordType"]}]
    column = info_of(line).column("RecordTypeId")
    assert column is not None
    assert [(o.id, o.label) for o in column.options] == [("0125f000000ABCDAAA", "Vendor")]


def test_person_accounts_come_once() -> None:
    """The contact that mirrors a person account is an object of its own."""
    line = loaded(BASE / "describe" / "Contact.json")
    line["fields"] = [*line["fields"], {**line["fields"][1], "name": "IsPersonAccount"}]
    assert [(i.name, i.conditions) for i in split_up(info_of(line))] == [
        ("Contact", ("IsPersonAccount = false",)),
        ("PersonContact", ("IsPersonAccount = true",)),
    ]


@pytest.mark.trap("I14")
@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("a005f0000000106", "a005f0000000106AAA"), ("0035f000000aB1c", "0035f000000aB1cAAE"),
        ("0035f000000ab1C", "0035f000000ab1CAAQ"), ("00T5f000000010U", "00T5f000000010UEAQ"),
        ("a005f0000000106AAA", "a005f0000000106AAA"), ("no id at all !!", "no id at all !!"), ("", ""),
    ],
)  # fmt: skip
def test_short_ids_are_extended(short: str, long: str) -> None:
    """The check characters say which letters are capitals."""
    assert long_id(short) == long


def test_literals_are_escaped() -> None:
    """What is in a value cannot become a query."""
    assert quoted("O'Brien \\ x\n") == "'O\\'Brien \\\\ x\\n'"
