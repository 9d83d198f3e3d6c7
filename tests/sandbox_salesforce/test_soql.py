"""The query language: what it takes, what it refuses and in which words, and how values are compared."""

from typing import Any

import pytest

from adapters.sandbox.salesforce import soql
from adapters.sandbox.salesforce.errors import RefusedError
from tests.sandbox_salesforce.client import Client

ACCOUNT = "0015f0000000100AAA"
COUNTED: list[tuple[str, int]] = [
    ("SELECT Id FROM Account", 12),
    ("select id from account", 12),
    ("SELECT Id FROM Account WHERE Name = 'harborlight'", 1),
    ("SELECT Id FROM Account a WHERE a.Name = 'Harborlight'", 1),
    ("SELECT Id FROM Account WHERE Name != 'Harborlight'", 11),
    ("SELECT Id FROM Account WHERE Name <> 'Harborlight'", 11),
    ("SELECT Id FROM Account WHERE Name LIKE 'har%'", 2),
    ("SELECT Id FROM Account WHERE Name LIKE '_arborlight'", 1),
    ("SELECT Id FROM Account WHERE Name LIKE 'har\\%'", 0),
    ("SELECT Id FROM Account WHERE Name > 'a' AND Name < 'c'", 1),
    ("SELECT Id FROM Account WHERE (NOT Name LIKE 'har%') AND Type = 'Vendor'", 3),
    ("SELECT Id FROM Account WHERE NOT Name LIKE 'har%'", 10),
    ("SELECT Id FROM Account WHERE Name = 'Harborlight' OR Name = 'Copper Fern'", 2),
    ("SELECT Id FROM Account WHERE (Name = 'x' OR Name = 'Copper Fern') AND (Type = 'Vendor' OR ParentId != null)", 1),
    ("SELECT Id FROM Account WHERE Name IN ('Harborlight', 'COPPER FERN', 'x')", 2),
    ("SELECT Id FROM Account WHERE Name NOT IN ('Harborlight')", 11),
    (f"SELECT Id FROM Account WHERE Id = '{ACCOUNT}'", 1),
    (f"SELECT Id FROM Account WHERE Id = '{ACCOUNT[:15]}'", 1),
    (f"SELECT Id FROM Account WHERE ParentId = '{ACCOUNT[:15]}'", 1),
    (f"SELECT Id FROM Account WHERE Id > '{ACCOUNT}' ORDER BY Id LIMIT 3", 3),
    ("SELECT Id FROM Account WHERE Id > ''", 12),
    ("SELECT Id FROM Contact WHERE Id = '0035f000000aB1c'", 1),
    ("SELECT Id FROM Contact WHERE Id IN ('0035f000000aB1cAAE', '0035f000000ab1CAAQ')", 2),
    ("SELECT Id FROM Contact WHERE AccountId = null", 1),
    ("SELECT Id FROM Contact WHERE Email = ''", 1),
    ("SELECT Id FROM Contact WHERE Email != null", 18),
    ("SELECT Id FROM Contact WHERE Account.Name = 'Harborlight'", 4),
    ("SELECT Id FROM Contact WHERE Interests__c INCLUDES ('Sunroom')", 1),
    ("SELECT Id FROM Contact WHERE Interests__c INCLUDES ('Sunroom;Teleporter', 'nothing')", 1),
    ("SELECT Id FROM Contact WHERE Interests__c INCLUDES ('Sunroom;nothing')", 0),
    ("SELECT Id FROM Contact WHERE Interests__c EXCLUDES ('Sunroom')", 18),
    ("SELECT Id FROM Account WHERE AnnualRevenue >= 3250000", 3),
    ("SELECT Id FROM Account WHERE AnnualRevenue < 0.5", 0),
    ("SELECT Id FROM User WHERE IsActive = false", 1),
    ("SELECT Id FROM User WHERE IsActive = TRUE", 6),
    ("SELECT Id FROM Task WHERE ActivityDate > 2025-03-03", 9),
    (
        "SELECT Id FROM Account WHERE SystemModstamp >= 2025-01-01T01:59:28Z AND SystemModstamp < 2025-01-01T01:59:29Z",
        1,
    ),
    ("SELECT Id FROM Account WHERE SystemModstamp = 2024-12-31T20:59:28.000-05:00", 1),
    ("SELECT Id FROM i360__Appointment__c WHERE i360__Sales_Rep_1__r.i360__User__r.Email LIKE '%.example'", 9),
    ("SELECT Id FROM Task WHERE What.Type = 'Account'", 4),
    ("SELECT Id FROM Account WHERE Owner.Type = 'Queue'", 1),
    ("SELECT Id FROM Account ORDER BY Name DESC NULLS LAST, Id LIMIT 5 OFFSET 10", 2),
    ("SELECT FIELDS(ALL) FROM User LIMIT 200", 7),
    ("SELECT FIELDS(STANDARD) FROM User", 7),
    ("SELECT Id, FIELDS(CUSTOM) FROM Contact LIMIT 5", 5),
    ("SELECT Id FROM Group", 0),
    ("SELECT Id FROM Organization", 1),
    ("SELECT Id FROM ContentDocument WHERE Title LIKE '%'", 2),
]
REFUSED: list[tuple[str, str, str]] = [
    ("", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id FORM Account", "MALFORMED_QUERY", "Column:11\nunexpected token: 'FORM'"),
    ("SELECT FROM Account", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
    ("SELECT Id Name FROM Account", "MALFORMED_QUERY", "unexpected token: 'Name'"),
    ("SELECT * FROM Account", "MALFORMED_QUERY", "unexpected token: '*'"),
    ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account WHERE Name = Harborlight", "MALFORMED_QUERY", "unexpected token: 'Harborlight'"),
    ("SELECT Id FROM Account WHERE Name = 'a\\q'", "MALFORMED_QUERY", "Illegal string literal"),
    ("SELECT Id FROM Account WHERE Name = 'a' AND Type = 'b' OR Type = 'c'", "MALFORMED_QUERY", "token: 'OR'"),
    ("SELECT Id FROM Account WHERE Type = 'b' AND NOT Name = 'c'", "MALFORMED_QUERY", "unexpected token: 'NOT'"),
    ("SELECT Id FROM Account LIMIT 'x'", "MALFORMED_QUERY", "LIMIT needs a whole number"),
    ("SELECT Id FROM Account ALL ROWS", "MALFORMED_QUERY", "unexpected token: 'ALL'"),
    ("SELECT Id FROM Account;", "MALFORMED_QUERY", "unexpected token: ';'"),
    ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "LIMIT of at most 200"),
    ("SELECT FIELDS(ALL) FROM Account LIMIT 201", "MALFORMED_QUERY", "LIMIT of at most 200"),
    ("SELECT Id FROM Account ORDER BY Preferred_Trades__c", "MALFORMED_QUERY", "can not be sorted"),
    ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ("SELECT Id FROM i360__Quote__c", "INVALID_TYPE", "sObject type 'i360__Quote__c' is not supported."),
    ("SELECT Id, Shoe_Size__c FROM Contact", "INVALID_FIELD", "No such column 'Shoe_Size__c' on entity 'Contact'"),
    ("SELECT Id FROM Contact WHERE Shoe_Size__c = 1", "INVALID_FIELD", "No such column 'Shoe_Size__c'"),
    ("SELECT Id FROM Contact ORDER BY Shoe_Size__c", "INVALID_FIELD", "No such column 'Shoe_Size__c'"),
    ("SELECT Id, ID FROM Contact", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT i360__Prospect__c.Name FROM i360__Sale__c", "INVALID_FIELD", "relationship 'i360__Prospect__c'"),
    ("SELECT Owner.Shoe FROM Account", "INVALID_FIELD", "No such column 'Shoe' on entity 'Name'"),
    ("SELECT Id FROM Contact WHERE MailingStreet = 'x'", "INVALID_FIELD", "can not be filtered in a query call"),
    ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
    (f"SELECT Id FROM Account WHERE Id = '{ACCOUNT.lower()}'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"),
    ("SELECT Id FROM Account WHERE Id LIKE '001%'", "INVALID_FIELD", "invalid operator on id field"),
    ("SELECT Id FROM Account WHERE AnnualRevenue = '5'", "INVALID_FIELD", "type currency and should not be enclosed"),
    ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", "type string and should be enclosed in quotes"),
    ("SELECT Id FROM User WHERE IsActive = 'true'", "INVALID_FIELD", "type boolean and should not be enclosed"),
    ("SELECT Id FROM User WHERE IsActive > true", "INVALID_FIELD", "invalid operator on boolean field"),
    ("SELECT Id FROM Task WHERE ActivityDate = 2025-03-01T00:00:00Z", "INVALID_FIELD", "must be of type date"),
    ("SELECT Id FROM Task WHERE CreatedDate > 2025-03-01", "INVALID_FIELD", "must be of type dateTime"),
    ("SELECT Id FROM Task WHERE CreatedDate > '2025-03-01T00:00:00Z'", "INVALID_FIELD", "should not be enclosed"),
    ("SELECT Id FROM Task WHERE CreatedDate > 2025-03-01T00:00:00", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Task WHERE CreatedDate > 2025-03-01T00:00:00 00:00", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Task WHERE CreatedDate > 2025-13-01T00:00:00Z", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Contact WHERE Interests__c LIKE '%Sun%'", "INVALID_FIELD", "invalid operator on multipicklist"),
]
ELSEWHERE = [
    "SELECT Name, (SELECT Id FROM Contacts) FROM Account",
    "SELECT TYPEOF What WHEN Account THEN Name END FROM Task",
    "SELECT Type, COUNT(Id) FROM Account GROUP BY Type",
    "SELECT MAX(AnnualRevenue) FROM Account",
    "SELECT toLabel(Type) FROM Account",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)",
    "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:30",
]


@pytest.mark.parametrize(("text", "number"), COUNTED, ids=[text for text, _ in COUNTED])
def test_finds(org: Client, text: str, number: int) -> None:
    """A query finds as many records as there are."""
    assert len(org.query(text)) == number


@pytest.mark.parametrize(("text", "code", "words"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_refuses(org: Client, text: str, code: str, words: str) -> None:
    """A query that the API would refuse is refused with its code, and the message names what is wrong."""
    got, message = org.wrong(text)
    assert (got, words in message) == (code, True), message


@pytest.mark.parametrize("text", ELSEWHERE)
def test_says_what_it_lacks(org: Client, text: str) -> None:
    """What SOQL has and the sandbox has not is not called an error of the query."""
    status, code, message = org.refused("GET", "/query", q=text)
    assert (status, code) == (501, "NOT_IN_THIS_SANDBOX"), message


def test_count(org: Client) -> None:
    """COUNT() gives the number and no records."""
    assert org.get("/query", q="SELECT COUNT() FROM Account") == {"totalSize": 12, "done": True, "records": []}


def test_relationships(org: Client) -> None:
    """Related records lie one level deeper with attributes of their own; a way that leads nowhere is null."""
    soql_text = (
        "SELECT Id, Account.Name, Account.Owner.Email, ReportsTo.Name FROM Contact WHERE Id = '0035f0000000100AAA'"
    )
    (record,) = org.query(soql_text)
    account = record["Account"]
    assert account["attributes"]["type"] == "Account"
    assert (account["Name"], account["Owner"]["Email"]) == ("Harborlight", "maya.ortiz@brightpath.example")
    assert record["ReportsTo"] is None
    assert list(record) == ["attributes", "Id", "Account", "ReportsTo"]
    (alone,) = org.query("SELECT Account.Name FROM Contact WHERE AccountId = null")
    assert alone["Account"] is None


@pytest.mark.trap("I05")
def test_queue_as_owner(org: Client) -> None:
    """A queue that owns has an id and a kind, and no e-mail."""
    (record,) = org.query("SELECT OwnerId, Owner.Type, Owner.Email FROM Account WHERE Id = '0015f000000010KAAQ'")
    assert record["OwnerId"].startswith("00G")
    assert (record["Owner"]["Type"], record["Owner"]["Email"]) == ("Queue", None)


@pytest.mark.trap("I07")
def test_ids_differ_by_case(org: Client) -> None:
    """Two ids that differ only by case are two records, in an order of their own."""
    both = ["0035f000000aB1cAAE", "0035f000000ab1CAAQ"]
    assert org.ids("SELECT Id FROM Contact WHERE Id >= '0035f000000aB1c' ORDER BY Id") == both
    assert org.ids("SELECT Id FROM Contact WHERE Id > '0035f000000aB1c' ORDER BY Id") == both[1:]


def test_order(org: Client) -> None:
    """Texts are ordered without regard to case, nothing comes first unless it is asked to come last."""
    names = [one["Name"] for one in org.query("SELECT Name FROM Account ORDER BY Name")]
    assert names == sorted(names, key=str.casefold)
    emails = [one["Email"] for one in org.query("SELECT Email FROM Contact ORDER BY Email DESC")]
    assert (emails[0], emails.count(None)) == (None, 1)
    assert org.query("SELECT Email FROM Contact ORDER BY Email NULLS LAST")[-1]["Email"] is None


def test_empty_results_and_limits(org: Client) -> None:
    """LIMIT counts before the total; OFFSET may go to 2,000 even where nothing is left."""
    assert org.get("/query", q="SELECT Id FROM Account LIMIT 3")["totalSize"] == 3
    assert org.get("/query", q="SELECT Id FROM Account OFFSET 2000")["totalSize"] == 0


def test_length() -> None:
    """A statement has at most 100,000 characters."""
    with pytest.raises(RefusedError, match="100000"):
        soql.parse("SELECT Id FROM Account WHERE Name = '" + "x" * 100_000 + "'")


@pytest.mark.parametrize(
    ("raw", "meant"),
    [("O\\'Brien", "O'Brien"), ("a\\\\b", "a\\b"), ("x\\ny", "x\ny"), ("50\\%", "50%"), ("a\\_b", "a_b")],
)
def test_escapes(raw: str, meant: str) -> None:
    """Escapes in a text mean what Salesforce's list says."""
    where: Any = soql.parse(f"SELECT Id FROM Account WHERE Name = '{raw}'").where
    assert soql.plain(where.values[0].text, "", 0) == meant
