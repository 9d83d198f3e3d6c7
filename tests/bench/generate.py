"""Exports of any size in the shape of Smart CRM Online: the same seed gives the same files, byte for byte.

The data is clean (unique names, e-mails and web sites, owners who have a user, parents that exist), so that what a run
costs and how long it takes says something about the program, and not about questions that wait for people.
"""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

Row = dict[str, str]

OWNERS = ("Maya Ortiz", "Tom Becker", "Priya Raman", "Sam Whitlock")
"""Users of a fresh sandbox."""

_FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ivo", "Jane", "Kofi", "Lea", "Milo", "Nora")
_LAST = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Larch", "Maple")
_TRADE = ("Bakery", "Brewing", "Ceramics", "Dental", "Events", "Freight", "Garden", "Hotel", "Motors", "Outdoor")
_CITY = (("Austin", "TX", "78702"), ("Portland", "ME", "04101"), ("Tampa", "FL", "33602"), ("Chicago", "IL", "60614"))
_START = datetime(2023, 1, 2, 8, 0)  # noqa: DTZ001 - the export writes naive local times


class Sizes(msgspec.Struct, frozen=True):
    """How many records of each object; by default 5,000 in all."""

    companies: int = 800
    contacts: int = 1200
    deals: int = 600
    calls: int = 700
    emails: int = 300
    meetings: int = 400
    tasks: int = 400
    notes: int = 600

    @property
    def total(self) -> int:
        """All records."""
        return sum(msgspec.structs.astuple(self))


def generate(folder: Path, sizes: Sizes | None = None, seed: int = 1) -> dict[str, list[Row]]:
    """Write an export into a folder; its rows by file name."""
    sizes = sizes or Sizes()
    pick = random.Random(seed)
    companies = [_company(pick, n) for n in range(sizes.companies)]
    contacts = [_contact(pick, n, pick.choice(companies)) for n in range(sizes.contacts)]
    deals = [_deal(pick, n, pick.choice(contacts)) for n in range(sizes.deals)]
    files = {
        "companies.csv": companies,
        "contacts.csv": contacts,
        "deals.csv": deals,
        "calls.csv": [_call(pick, n, pick.choice(contacts)) for n in range(sizes.calls)],
        "emails.csv": [_email(pick, n, pick.choice(deals)) for n in range(sizes.emails)],
        "meetings.csv": [_meeting(pick, n, pick.choice(deals)) for n in range(sizes.meetings)],
        "tasks.csv": [_task(pick, n, pick.choice(deals)) for n in range(sizes.tasks)],
        "notes.csv": [_note(pick, n, pick.choice(companies), pick.choice(deals)) for n in range(sizes.notes)],
    }
    write(folder, files)
    return files


def change(files: dict[str, list[Row]], counts: dict[str, tuple[str, int]]) -> dict[str, list[Row]]:
    """The export a day later: in each file named, one column of the first records has another value.

    counts: by file, the column and how many records.
    """
    found = {name: [dict(row) for row in rows] for name, rows in files.items()}
    for name, (column, count) in counts.items():
        for number, row in enumerate(found[name][:count]):
            row[column] = str(7_000 + number) if row[column].isdigit() else f"{row[column]} (changed)"
    return found


def write(folder: Path, files: dict[str, list[Row]]) -> None:
    """Write the files of an export."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _moment(pick: random.Random) -> datetime:
    return _START + timedelta(minutes=pick.randrange(2 * 365 * 24 * 60))


def _written(at: datetime) -> str:
    return at.strftime("%m/%d/%Y %H:%M")


def _created(pick: random.Random) -> Row:
    at = _moment(pick)
    return {"Created": _written(at), "Modified": _written(at + timedelta(days=pick.randrange(200)))}


def _company(pick: random.Random, n: int) -> Row:
    city, state, zip_code = pick.choice(_CITY)
    name = f"{pick.choice(_LAST)} {pick.choice(_TRADE)} {n:05}"
    return {
        "Company ID": f"C-{n + 1:06}",
        "Company Name": name,
        "Website": f"https://www.{name.lower().replace(' ', '-')}.example",
        "Industry": pick.choice(("Food & Beverage", "Logistics", "Health", "Retail")),
        "Employees": str(pick.randrange(3, 900)),
        "Annual Revenue": f"${pick.randrange(100, 9_000) * 1000:,}.00",
        "Phone": f"({pick.randrange(201, 900)}) 555-{n % 10_000:04}",
        "Street": f"{pick.randrange(1, 990)} Elm Ct",
        "City": city,
        "State": state,
        "Zip": zip_code,
        "Country": "USA",
        "Owner": pick.choice(OWNERS),
        "Tags": pick.choice(("Customer", "Prospect", "")),
        **_created(pick),
        "Account Tier": pick.choice(("Gold", "Silver", "Bronze")),
    }


def _contact(pick: random.Random, n: int, company: Row) -> Row:
    first, last = pick.choice(_FIRST), f"{pick.choice(_LAST)}{n:05}"
    return {
        "First Name": first,
        "Last Name": last,
        "Email": f"{first}.{last}@mail-{n:05}.example".lower(),
        "Phone": f"({pick.randrange(201, 900)}) 555-{n % 10_000:04}",
        "Job Title": pick.choice(("Buyer", "Owner", "Office Manager")),
        "Company ID": company["Company ID"],
        "Company": company["Company Name"],
        "Owner": pick.choice(OWNERS),
        "Tags": pick.choice(("VIP", "Newsletter", "")),
        **_created(pick),
        "Newsletter": pick.choice(("Yes", "No")),
    }


def _deal(pick: random.Random, n: int, contact: Row) -> Row:
    stage, chance = pick.choice((("New", 10), ("Qualified", 25), ("Negotiation", 75), ("Won", 100), ("Lost", 0)))
    return {
        "Deal Name": f"{contact['Company']} - Order {n:05}",
        "Company ID": contact["Company ID"],
        "Company": contact["Company"],
        "Contact": _name(contact),
        "Value": f"${pick.randrange(1, 500) * 250:,}.00",
        "Currency": "USD",
        "Stage": stage,
        "Probability": f"{chance}%",
        "Close Date": _moment(pick).strftime("%m/%d/%Y"),
        "Owner": pick.choice(OWNERS),
        "Tags": "",
        **_created(pick),
        "Lead Source": pick.choice(("Web", "Referral", "Fair")),
    }


def _call(pick: random.Random, n: int, contact: Row) -> Row:
    return {
        "Subject": f"Call {n:05}",
        "Date/Time": _moment(pick).strftime("%Y-%m-%d %H:%M"),
        "Duration": str(pick.randrange(60, 3000)),
        "Disposition": pick.choice(("Connected", "Left voicemail", "No answer")),
        "Direction": pick.choice(("Inbound", "Outbound")),
        "Contact": _name(contact),
        "Company": contact["Company"],
        "Deal": "",
        "Owner": pick.choice(OWNERS),
        "Comments": f"Spoke about order {n}.",
    }


def _email(pick: random.Random, n: int, deal: Row) -> Row:
    return {
        "Subject": f"Quote {n:05}",
        "Body": f"<p>Hello,</p><p>please find <b>quote {n}</b>.</p>",
        "Direction": pick.choice(("Sent", "Received")),
        "Sent At": _moment(pick).strftime("%Y-%m-%d %H:%M"),
        "From": "maya.ortiz@brightpath.example",
        "To": f"buyer-{n:05}@mail.example",
        "Contact": deal["Contact"],
        "Deal": deal["Deal Name"],
        "Owner": pick.choice(OWNERS),
    }


def _meeting(pick: random.Random, n: int, deal: Row) -> Row:
    start = _moment(pick)
    return {
        "Title": f"Visit {n:05}",
        "Start": start.strftime("%Y-%m-%d %H:%M"),
        "End": (start + timedelta(minutes=45)).strftime("%Y-%m-%d %H:%M"),
        "Location": pick.choice(("Video", "Office")),
        "Attendees": f"{deal['Contact']}; {pick.choice(OWNERS)}",
        "Contact": deal["Contact"],
        "Deal": deal["Deal Name"],
        "Owner": pick.choice(OWNERS),
        "Description": f"Agenda {n}.",
    }


def _task(pick: random.Random, n: int, deal: Row) -> Row:
    done = pick.random() < 0.5
    due = _moment(pick)
    return {
        "Subject": f"Follow up {n:05}",
        "Due Date": due.strftime("%m/%d/%Y"),
        "Status": "Done" if done else "Open",
        "Completed": "Yes" if done else "No",
        "Completed On": due.strftime("%m/%d/%Y") if done else "",
        "Priority": pick.choice(("Normal", "High")),
        "Contact": deal["Contact"],
        "Deal": deal["Deal Name"],
        "Owner": pick.choice(OWNERS),
        "Description": f"Send the sample of order {n}.",
    }


def _note(pick: random.Random, n: int, company: Row, deal: Row) -> Row:
    of_company = pick.random() < 0.5
    return {
        "Attached To Type": "Company" if of_company else "Deal",
        "Attached To": company["Company Name"] if of_company else deal["Deal Name"],
        "Note": f"Note {n:05}: wants a <b>sample</b>.\nAsk again in spring.",
        "Author": pick.choice(OWNERS),
        "Created": _written(_moment(pick)),
    }


def _name(contact: Row) -> str:
    return f"{contact['First Name']} {contact['Last Name']}"
