"""What an org does by itself is read as far as our user may see it, with what it is about and when it runs."""

from typing import Any

import pytest

from adapters.protocols import Request, Response
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.automations import DETAILS_MOST
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import PaperOrg, drive, refused

FLOW = {"Id": "301000000000001AAA", "MasterLabel": "Follow up", "ProcessType": "AutoLaunchedFlow", "Status": "Active",
        "Description": "Makes a call",
        "Metadata": {"start": {"object": "i360__Sale__c", "triggerType": "RecordAfterSave",
                               "recordTriggerType": "Create"}}}  # fmt: skip
DRAFT = FLOW | {"Id": "301000000000002AAA", "MasterLabel": "Never used", "Status": "Draft"}
PROCESS = {"Id": "301000000000003AAA", "MasterLabel": "Old one", "ProcessType": "Workflow", "Status": "Active",
           "Description": None, "Metadata": {"processMetadataValues": [
               {"name": "ObjectType", "value": {"stringValue": "Lead"}}]}}  # fmt: skip
RULE = {"Id": "01Q000000000001AAA", "Name": "West goes to Ann", "Active": True, "EntityDefinitionId": "Lead",
        "Metadata": {"active": True, "ruleEntry": [
            {"assignedTo": "ann@x.test", "criteriaItems": [
                {"field": "Lead.State", "operation": "equals", "value": "CA"}]},
            {"assignedTo": "Inbound", "criteriaItems": []}]}}  # fmt: skip
WORKFLOW = {"Id": "01Q000000000002AAA", "Name": "Remind", "TableEnumOrId": "Account",
            "Metadata": {"active": True, "triggerType": "onCreateOnly",
                         "actions": [{"name": "Mail_Owner"}]}}  # fmt: skip
ASLEEP = {"Id": "01Q000000000003AAA", "Name": "Asleep", "TableEnumOrId": "Account", "Metadata": {"active": False}}
TRIGGER = {"Id": "01q000000000001AAA", "Name": "SyncSale", "TableEnumOrId": "i360__Sale__c", "Status": "Active",
           "NamespacePrefix": None}  # fmt: skip
PACKAGED = TRIGGER | {"Id": "01q000000000002AAA", "Name": "i360Trigger", "NamespacePrefix": "i360"}
PACKAGE = {"Id": "0A3000000000001AAA", "SubscriberPackage": {"Name": "QuickBooks Sync", "NamespacePrefix": "qb"}}


def described(org: PaperOrg) -> tuple[dict[str, Any], set[str]]:
    """The facts of the account, and the codes of the findings."""
    source = Salesforce(ImproveIt360())
    schema = drive(source, org, source.schema())
    return schema.account, {finding.code for finding in schema.findings}


@pytest.mark.promise("F-017")
def test_everything_that_runs_is_told() -> None:
    """Active flows, processes, assignment and workflow rules and own triggers; what sleeps or is packaged is not."""
    org = PaperOrg()
    org.tooling |= {
        "Flow": [FLOW, DRAFT, PROCESS], "AssignmentRule": [RULE, RULE | {"Id": "01Q9", "Active": False}],
        "WorkflowRule": [WORKFLOW, ASLEEP], "ApexTrigger": [TRIGGER, PACKAGED],
        "InstalledSubscriberPackage": [PACKAGE],
    }  # fmt: skip
    account, _ = described(org)
    told = {(a["kind"], a["name"], a["object"]): (a["when"], a["does"]) for a in account["automations"]}
    assert told == {
        ("flow", "Follow up", "i360__Sale__c"): ("after a record is saved; when a record is made", "Makes a call"),
        ("process", "Old one", "Lead"): ("", ""),
        ("assignment rule", "West goes to Ann", "Lead"): (
            "when a record is made", "ann@x.test if Lead.State equals CA; Inbound if nothing else fits",
        ),
        ("workflow rule", "Remind", "Account"): ("when a record is made", "actions: Mail_Owner"),
        ("trigger", "SyncSale", "i360__Sale__c"): ("", "code of the company's own (Apex)"),
    }  # fmt: skip
    assert [one["name"] for one in account["integrations"]] == ["QuickBooks Sync"]


def test_the_inside_is_asked_for_one_by_one_and_not_for_ever() -> None:
    """Salesforce gives the inside of one thing a query; beyond the bound the names alone are told, with a finding."""
    org = PaperOrg()
    org.tooling["Flow"] = [FLOW | {"Id": f"301{n:012}AAA", "MasterLabel": f"F{n}"} for n in range(DETAILS_MOST + 5)]
    account, codes = described(org)
    inside = [q for q in org.queries() if q.startswith("SELECT Metadata FROM Flow WHERE Id = ")]
    assert len(inside) == len(set(inside)) == DETAILS_MOST
    assert "automations-many" in codes
    objects = [a["object"] for a in account["automations"]]
    assert (len(objects), objects.count("i360__Sale__c")) == (DETAILS_MOST + 5, DETAILS_MOST)


def test_what_a_package_keeps_to_itself_is_told_by_name() -> None:
    """Where the inside of a flow is refused its name is there all the same."""
    org = PaperOrg()
    org.tooling["Flow"] = [FLOW]

    def refuse(request: Request) -> Response | None:
        return refused("INSUFFICIENT_ACCESS", "no", 403) if "Metadata" in request.query.get("q", "") else None

    org.refuse = refuse
    account, _ = described(org)
    assert [(a["name"], a["object"]) for a in account["automations"]] == [("Follow up", "")]


def test_without_the_right_it_is_said_what_is_hidden() -> None:
    """A closed Tooling API is a finding for each kind, and no error."""
    org = PaperOrg()
    org.refuse = lambda r: refused("INVALID_TYPE", "not supported") if "/tooling/" in r.path else None
    account, codes = described(org)
    assert (account["automations"], account["integrations"]) == ([], [])
    assert {"rules-hidden", "automations-hidden"} <= codes
