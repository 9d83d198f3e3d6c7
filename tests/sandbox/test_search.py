"""Checklist 14: search, its lag and its limits."""

from typing import Any

from tests.sandbox.client import Client


def names(account: Client, path: str, **query: Any) -> list[str]:
    """The names of the hits."""
    hits = account.ok("GET", f"/api/v2{path}", **query)["items"]
    return [hit["item"].get("name") or hit["item"]["title"] for hit in hits]


def test_lag(account: Client) -> None:
    """A new record is found only after the lag, and until then a changed one is found as it was."""
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    account.wait(9)
    assert names(account, "/organizations/search", term="acme") == []
    account.wait(1)
    assert names(account, "/organizations/search", term="acme") == ["Acme"]
    account.ok("PATCH", "/api/v2/organizations/1", {"name": "Bolt"})
    assert names(account, "/organizations/search", term="acme") == ["Acme"]
    account.wait(10)
    assert names(account, "/organizations/search", term="acme") == []
    assert names(account, "/organizations/search", term="bolt") == ["Bolt"]


def test_adjustable_lag() -> None:
    """The lag is a setting."""
    account = Client(lag=0)
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    assert names(account, "/organizations/search", term="acme") == ["Acme"]


def test_terms() -> None:
    """Terms have two characters, one with an exact match; an empty one is refused in its own words."""
    account = Client(lag=0)
    account.ok("POST", "/api/v2/organizations", {"name": "Q"})
    account.refused("GET", "/api/v2/organizations/search", term="q")
    assert names(account, "/organizations/search", term="q", exact_match="true") == ["Q"]
    answer = account.refused("GET", "/api/v2/organizations/search", term="")
    assert '"term" is not allowed to be empty' in answer["error"]
    account.refused("GET", "/api/v2/organizations/search")
    account.refused("GET", "/api/v2/itemSearch", term="abc", limit=101)


def test_deleted_hits() -> None:
    """Deleted organizations stay findable, deleted persons until they are purged, deleted deals vanish."""
    account = Client(lag=0)
    account.ok("POST", "/api/v2/organizations", {"name": "Gone Org"})
    account.ok("POST", "/api/v2/persons", {"name": "Gone Person"})
    account.ok("POST", "/api/v2/deals", {"title": "Gone Deal"})
    for table in ("organizations", "persons", "deals"):
        account.ok("DELETE", f"/api/v2/{table}/1")
    assert sorted(names(account, "/itemSearch", term="gone")) == ["Gone Org", "Gone Person"]
    account.wait(31 * 86_400)
    assert names(account, "/itemSearch", term="gone") == ["Gone Org"]


def test_searched_fields() -> None:
    """E-mails, phones, addresses, notes and text-like custom fields are searched, activities are not."""
    account = Client(lag=0)
    code = account.ok("POST", "/api/v2/personFields", {"field_name": "Id", "field_type": "varchar"})["field_code"]
    date = account.ok("POST", "/api/v2/personFields", {"field_name": "Day", "field_type": "date"})["field_code"]
    account.ok(
        "POST",
        "/api/v2/persons",
        {"name": "Ann", "emails": [{"value": "ann@x.example"}], "custom_fields": {code: "SRC-77", date: "2020-02-03"}},
    )
    account.ok("POST", "/v1/notes", {"content": "likes herons", "person_id": 1})
    account.ok("POST", "/api/v2/activities", {"subject": "herons again", "type": "call"})
    for term in ("ann@x", "src-77", "herons"):
        assert names(account, "/itemSearch", term=term) == ["Ann"]
    assert names(account, "/itemSearch", term="2020-02-03") == []
    assert names(account, "/persons/search", term="herons", fields="name,email") == []
    account.refused("GET", "/api/v2/persons/search", term="ann", fields="title")


def test_one_field() -> None:
    """A field search is case sensitive, matches whole, from the start or inside, and answers ids and names."""
    account = Client(lag=0)
    code = account.ok("POST", "/api/v2/dealFields", {"field_name": "Id", "field_type": "varchar"})["field_code"]
    account.ok("POST", "/api/v2/deals", {"title": "D", "custom_fields": {code: "SRC-77"}})

    def found(term: str, match: str = "exact") -> Any:
        return account.ok("GET", "/api/v2/itemSearch/field", term=term, entity_type="deal", field=code, match=match)

    assert found("SRC-77") == [{"id": 1, "name": "D"}]
    assert found("src-77") == []
    assert found("SRC") == []
    assert len(found("SRC", "beginning")) == len(found("C-7", "middle")) == 1
    account.refused("GET", "/api/v2/itemSearch/field", term="x1", entity_type="deal", field="label_ids")
