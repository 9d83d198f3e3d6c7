"""What an org does by itself: flows, processes, assignment and workflow rules, triggers, packages; none of it moves.

Read by the Tooling API, which wants the right View Setup and Configuration and gives the inside of a thing (`Metadata`)
only where a query finds one row: each is asked for by itself, as far as `DETAILS_MOST` allows.
"""

from collections.abc import Mapping

from adapters.protocols import Finding, Flow, Json, RefusedError
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.org import Org
from adapters.sources.salesforce.soql import quoted, select

DETAILS_MOST = 100
"""How many things of one kind are looked into; of the others the list alone is told."""

_PROCESS = "Workflow"
"""The process type of what was built with Process Builder."""

_WHEN = {
    "RecordAfterSave": "after a record is saved",
    "RecordBeforeSave": "before a record is saved",
    "RecordBeforeDelete": "before a record is deleted",
    "Scheduled": "at set times",
    "PlatformEvent": "when an event comes in",
    "Create": "when a record is made",
    "Update": "when a record is changed",
    "CreateAndUpdate": "when a record is made or changed",
    "Delete": "when a record is deleted",
    "onAllChanges": "when a record is made or changed",
    "onCreateOnly": "when a record is made",
    "onCreateOrTriggeringUpdate": "when a record is made, or changed so that it fits",
}
"""When a thing runs, by Salesforce's own words."""


def read_automations(org: Org) -> Flow[tuple[dict[str, Json], list[Finding]]]:
    """The facts of `Schema.account`: "automations" and "integrations"; and what our user may not see of them.

    An automation: {"id", "kind", "name", "object", "when", "does"}; an integration: {"id", "kind", "name"}.
    """
    findings: list[Finding] = []
    automations: list[Json] = []
    for read in (_flows, _assignments, _workflows, _triggers):
        found = yield from read(org, findings)
        automations += found
    packages = yield from _packages(org)
    return {"automations": automations, "integrations": packages}, findings


def _flows(org: Org, findings: list[Finding]) -> Flow[list[Json]]:
    """Active flows, by the Tooling API; where that is closed to us by the view that any reader of flows may see."""
    fields = ["Id", "MasterLabel", "ProcessType", "Description"]
    rows = yield from _asked(org, select(fields, "Flow", ["Status = 'Active'"]))
    if rows is None:
        if "FlowDefinitionView" not in org.sobjects:
            findings.append(_hidden("Flows"))
            return []
        view = "SELECT Label,ProcessType,TriggerObjectOrEventLabel FROM FlowDefinitionView WHERE IsActive = true"
        found = yield from org.rows_if_any(view)
        if found is None:
            findings.append(_hidden("Flows"))
        return [
            _automation(
                _kind_of_flow(row), str(row.get("Label") or ""), object=str(row.get("TriggerObjectOrEventLabel") or "")
            )
            for row in found or ()
        ]
    inside = yield from _inside(org, "Flow", rows, findings)
    made: list[Json] = []
    for row in rows:
        metadata = inside.get(str(row.get("Id") or ""), {})
        start = metadata.get("start") or {}
        object_, when = str(start.get("object") or ""), [start.get("triggerType"), start.get("recordTriggerType")]
        made.append(
            _automation(
                _kind_of_flow(row),
                str(row.get("MasterLabel") or ""),
                id=str(row.get("Id") or ""),
                object=object_ or _object_of_process(metadata),
                when="; ".join(_WHEN.get(str(word), str(word)) for word in when if word),
                does=str(row.get("Description") or ""),
            )
        )
    return made


def _kind_of_flow(row: Row) -> str:
    return "process" if row.get("ProcessType") == _PROCESS else "flow"


def _object_of_process(metadata: Mapping[str, Json]) -> str:
    """The object of a process, which says it among other values."""
    values = metadata.get("processMetadataValues") or ()
    named = (v.get("value") or {} for v in values if v.get("name") == "ObjectType")
    return next((str(value.get("stringValue") or "") for value in named), "")


def _assignments(org: Org, findings: list[Finding]) -> Flow[list[Json]]:
    fields = ["Id", "Name", "Active", "EntityDefinitionId"]
    rows = yield from _asked(org, select(fields, "AssignmentRule", ["Active = true"]))
    if rows is None:
        findings.append(_hidden("Assignment rules"))
    inside = yield from _inside(org, "AssignmentRule", rows or [], findings)
    return [
        _automation(
            "assignment rule",
            str(row.get("Name") or ""),
            id=str(row.get("Id") or ""),
            object=str(row.get("EntityDefinitionId") or ""),
            when="when a record is made",
            does=_entries(inside.get(str(row.get("Id") or ""), {})),
        )
        for row in rows or ()
    ]


def _entries(metadata: Mapping[str, Json]) -> str:
    """Who gets what, as an assignment rule says it entry by entry."""
    said = []
    for entry in metadata.get("ruleEntry") or ():
        items = entry.get("criteriaItems") or ()
        why = " and ".join(f"{i.get('field', '')} {i.get('operation', '')} {i.get('value', '')}".strip() for i in items)
        said.append(f"{entry.get('assignedTo') or 'nobody'} if {why or entry.get('formula') or 'nothing else fits'}")
    return "; ".join(said)


def _workflows(org: Org, findings: list[Finding]) -> Flow[list[Json]]:
    """Workflow rules; whether one is active stands inside it, so that one that was not looked into is told as well."""
    rows = yield from _asked(org, select(["Id", "Name", "TableEnumOrId"], "WorkflowRule", []))
    if rows is None:
        findings.append(_hidden("Workflow rules"))
    inside = yield from _inside(org, "WorkflowRule", rows or [], findings)
    made: list[Json] = []
    for row in rows or ():
        metadata = inside.get(str(row.get("Id") or ""), {})
        if metadata.get("active") is False:
            continue
        actions = ", ".join(str(a.get("name") or "") for a in metadata.get("actions") or ())
        when = str(metadata.get("triggerType") or "")
        made.append(
            _automation(
                "workflow rule",
                str(row.get("Name") or ""),
                id=str(row.get("Id") or ""),
                object=str(row.get("TableEnumOrId") or ""),
                when=_WHEN.get(when, when),
                does=str(metadata.get("description") or "") or (f"actions: {actions}" if actions else ""),
            )
        )
    return made


def _triggers(org: Org, findings: list[Finding]) -> Flow[list[Json]]:
    """Triggers of the company's own; those of a package go with it."""
    fields = ["Id", "Name", "TableEnumOrId", "Status", "NamespacePrefix"]
    rows = yield from _asked(org, select(fields, "ApexTrigger", ["Status = 'Active'"]))
    if rows is None:
        findings.append(_hidden("Triggers"))
    return [
        _automation(
            "trigger",
            str(row.get("Name") or ""),
            id=str(row.get("Id") or ""),
            object=str(row.get("TableEnumOrId") or ""),
            does="code of the company's own (Apex)",
        )
        for row in rows or ()
        if not row.get("NamespacePrefix")
    ]


def _packages(org: Org) -> Flow[list[Json]]:
    """Installed packages, each a product that the org works with; nothing where our user may not see them."""
    fields = ["Id", "SubscriberPackage.Name", "SubscriberPackage.NamespacePrefix"]
    rows = yield from _asked(org, select(fields, "InstalledSubscriberPackage", []))
    return [
        {
            "id": str(row.get("Id") or ""),
            "kind": "package",
            "name": str((row.get("SubscriberPackage") or {}).get("Name") or ""),
        }
        for row in rows or ()
    ]


def _asked(org: Org, soql: str) -> Flow[list[Row] | None]:
    """The rows of a Tooling query; None where it is refused."""
    return (yield from org.rows_if_any(soql, tooling=True))


def _inside(org: Org, name: str, rows: list[Row], findings: list[Finding]) -> Flow[dict[str, dict[str, Json]]]:
    """What is inside of things, by id: one query each, and not more than `DETAILS_MOST`."""
    ids = [str(row["Id"]) for row in rows if row.get("Id")]
    found: dict[str, dict[str, Json]] = {}
    for id in ids[:DETAILS_MOST]:
        try:
            one = yield from org.rows(select(["Metadata"], name, [f"Id = {quoted(id)}"]), tooling=True)
        except RefusedError:
            continue  # a package keeps its own to itself
        found[id] = dict(one[0].get("Metadata") or {}) if one else {}
    if len(ids) > DETAILS_MOST:
        detail = f"{len(ids)} of {name}: {DETAILS_MOST} were looked into, of the others the name alone is known."
        findings.append(Finding(code="automations-many", detail=detail))
    return found


def _hidden(what: str) -> Finding:
    detail = f"{what} cannot be read: our user lacks the right View Setup and Configuration."
    return Finding(code="automations-hidden", detail=detail)


def _automation(kind: str, name: str, *, id: str = "", object: str = "", when: str = "", does: str = "") -> Json:
    return {"id": id, "kind": kind, "name": name, "object": object, "when": when, "does": does}
