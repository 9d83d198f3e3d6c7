"""Who is in an org, and what the org says of itself: users, queues, company, currency, rules and automations."""

from adapters.protocols import Finding, Flow, Json, User
from adapters.sources.salesforce.automations import read_automations
from adapters.sources.salesforce.cells import Row
from adapters.sources.salesforce.org import Org

QUEUE_PREFIX = "00G"
"""How the id of a queue begins, which may own records like a user."""

_PERSON = "Standard"
"""The type of a user who is a person of the company; others are processes and portal guests."""

_MASKED = ".invalid"
"""What a sandbox adds to the addresses of its users."""

_RULES = (
    "SELECT ValidationName,Active,ErrorMessage,ErrorDisplayField,EntityDefinition.QualifiedApiName FROM ValidationRule"
)


class People:
    """The users of an org. Those that are no persons have no address and are not active: nobody is made of them."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self.findings: list[Finding] = []

    def add(self, row: Row) -> None:
        """Take a row of User."""
        id, name, email = (str(row.get(key) or "") for key in ("Id", "Name", "Email"))
        kind = str(row.get("UserType") or "")
        if kind == _PERSON:
            self.users.append(User(id, name, email, active=str(row.get("IsActive")).lower() in ("true", "1")))
            return
        self.users.append(User(id, name, "", active=False))
        detail = f"{name} ({kind or 'no type'}) is no person; what it owns needs another owner."
        self.findings.append(Finding(code="not-a-person", object="User", key=id, detail=detail))


def read_people(org: Org) -> Flow[People]:
    """All users of the org, inactive ones included: they own records for ever."""
    people = People()
    for row in (yield from org.rows("SELECT Id,Name,Email,IsActive,UserType FROM User")):
        people.add(row)
    masked = sum(user.email.endswith(_MASKED) for user in people.users)
    if masked:
        detail = f"{masked} addresses of users end in {_MASKED}: this is a sandbox, and they match nobody."
        people.findings.append(Finding(code="masked-addresses", object="User", detail=detail))
    return people


def read_account(org: Org) -> Flow[tuple[dict[str, Json], list[Finding]]]:
    """The facts of `Schema.account` that any org tells, and what our user may not see of them."""
    facts: dict[str, Json] = {}
    findings: list[Finding] = []
    if "Organization" in org.sobjects:
        found = yield from org.rows_if_any("SELECT Name,TimeZoneSidKey FROM Organization")
        if found:
            facts |= {"company": str(found[0].get("Name") or ""), "zone": str(found[0].get("TimeZoneSidKey") or "")}
    if "CurrencyType" in org.sobjects:  # only where there are several currencies
        found = yield from org.rows_if_any("SELECT IsoCode FROM CurrencyType WHERE IsCorporate = true")
        if found:
            facts["currency"] = str(found[0].get("IsoCode") or "")
    if "Group" in org.sobjects:
        found = yield from org.rows_if_any("SELECT Id,Name FROM Group WHERE Type = 'Queue'")
        facts["queues"] = [{"id": str(row["Id"]), "name": str(row.get("Name") or "")} for row in found or ()]
    rules = yield from org.rows_if_any(_RULES, tooling=True)
    if rules is None:
        detail = "Validation rules cannot be read: our user lacks the right View Setup and Configuration."
        findings.append(Finding(code="rules-hidden", detail=detail))
    facts["validation_rules"] = [_rule(row) for row in rules or ()]
    automations, more = yield from read_automations(org)
    return facts | automations, [*findings, *more]


def queue_owner(name: str, id: str, owner: str) -> Finding | None:
    """A finding where a record's owner is a queue."""
    if not owner.startswith(QUEUE_PREFIX):
        return None
    detail = f"The owner {owner} is a queue, not a user: somebody must take the record."
    return Finding(code="queue-owner", object=name, key=id, where="OwnerId", detail=detail)


def _rule(row: Row) -> dict[str, Json]:
    return {
        "object": str((row.get("EntityDefinition") or {}).get("QualifiedApiName") or ""),
        "name": str(row.get("ValidationName") or ""),
        "field": str(row.get("ErrorDisplayField") or ""),
        "message": str(row.get("ErrorMessage") or ""),
        "active": row.get("Active") is True,
    }
