"""Companies and people, canonical to wire and back."""

from adapters.destinations.nutshell import records, texts
from adapters.destinations.nutshell.ask import Row, rows_of
from adapters.destinations.nutshell.catalogue import ACCOUNT, CONTACT, FURTHER_ACCOUNTS
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.values import ident, whole
from adapters.protocols import Fields


def encode_account(fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The body of a new or changed company."""
    return records.encode(ACCOUNT, fields, learned, create=create)


def decode_account(row: Row, learned: Learned) -> Fields:
    """The canonical values of a company."""
    return records.decode(ACCOUNT, row, learned)


def encode_contact(fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The body of a new or changed person; an update brings whole groups (names; company, job title, description)."""
    body = records.encode(CONTACT, fields, learned, create=create)
    if (name := full_name(fields)) or "name" in fields:
        body["name"] = name
    account, job = fields.get("account_id"), fields.get("job_title") or ""
    if not create or account or job or fields.get("description"):
        body |= _linked(fields, account, job)
    return body


def full_name(fields: Fields) -> str:
    """The one text that the API takes for a name: the parts where any is given, else the name."""
    parts = [fields[key] for key in ("first_name", "last_name") if fields.get(key)]
    return " ".join(parts) or fields.get("name") or ""


def _linked(fields: Fields, account: str | None, job: str) -> Row:
    """The link to the company with the job title; without a company the title heads the description."""
    body: Row = {}
    if fields.keys() & {"account_id", "job_title"}:
        first = [{"id": whole(account), "relationship": job}] if account else []
        body["accounts"] = [*first, *(fields.get(FURTHER_ACCOUNTS) or [])]
    if fields.keys() & {"account_id", "job_title", "description"}:
        body["description"] = texts.with_job(fields.get("description") or "", "" if account else job)
    return body


def decode_contact(row: Row, learned: Learned) -> Fields:
    """The canonical values of a person."""
    fields = records.decode(CONTACT, row, learned)
    name = row.get("name")
    if isinstance(name, dict):
        fields |= {"first_name": name.get("givenName") or None, "last_name": name.get("familyName") or None}
        shown = " ".join(filter(None, (name.get("givenName"), name.get("familyName"))))
        fields["name"] = name.get("displayName") or shown or None
    elif name is not None:
        fields["name"] = name
    accounts = rows_of(row.get("accounts"))
    description, job = texts.without_job(row.get("description") or "")
    if accounts:
        job = accounts[0].get("relationship") or job
    return fields | {
        "account_id": ident(accounts[0]) if accounts else None,
        "job_title": job or None,
        "description": description or None,
        FURTHER_ACCOUNTS: [{"id": a["id"], "relationship": a.get("relationship") or ""} for a in accounts[1:]],
    }
