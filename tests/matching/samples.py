"""Invented samples by what a column holds, always the same for the same column."""

import hashlib

ROWS = 12

_LISTS = {
    "first": "Grace Liam Petra Jonas Camille Luis Giulia Anna Mehmet Olga Noah Ruby",
    "last": "Okafor Weber Dubois García Rossi Jansen Kowalska Lindqvist Nguyen Silva Moreau Patel",
    "city": "Lyon|Köln|Austin|Sevilla|Torino|Utrecht|Gdańsk|Malmö|Porto|Bergen|Graz|Leeds",
    "state": "TX|CA|NY|OH|FL|WA|CO|MI|OR|NC",
    "region": "Bayern|Bretagne|Cataluña|Lombardia|Utrecht|Hessen|Sachsen|Madrid",
    "country": "Germany|France|Spain|Italy|United States|Netherlands",
    "iso": "DE|FR|ES|IT|US|NL",
    "title": "CFO|Einkaufsleiter|Directeur commercial|Jefa de ventas|Office Manager|VP Sales|Owner|Titolare",
    "dept": "Sales|Finance|Einkauf|IT|Marketing",
    "mr": "Mr.|Mrs.|Dr.|Ms.",
    "herr": "Herr|Frau",
    "mme": "M.|Mme",
    "sr": "Sr.|Sra.",
    "suffix": "Jr.|Sr.|III",
    "industry": "Construction|Software|Retail|Healthcare|Manufacturing|Logistics",
    "stage": "Qualified|Demo scheduled|Proposal made|Negotiation|Closed Won|Closed Lost",
    "currency": "EUR|USD|GBP",
    "source": "Web|Referral|Trade Show|Cold Call|Partner",
    "rating": "Hot|Warm|Cold",
    "abc": "A|B|C",
    "status": "Open|New|In Progress|Working",
    "done": "Completed|Not Started|In Progress",
    "state3": "open|won|lost",
    "prio": "High|Normal|Low",
    "type": "New Business|Existing Business|Renewal",
    "acctype": "Customer|Prospect|Partner|Vendor",
    "acttype": "Call|Meeting|Email|Task",
    "reason": "Price|Timing|No budget|Competitor",
    "competitor": "Globex|Initech|Umbrella|Acme CRM",
    "lang": "de|en|fr|es",
    "tags": "vip|vip, event|newsletter|renewal|event",
    "jtags": '["vip"]|[]|["event", "vip"]|["newsletter"]',
    "bool": "true|false",
    "flag": "0|1",
    "ja": "ja|nein",
    "oui": "oui|non",
    "si": "sí|no",
    "false": "false",
    "zero": "0",
    "size": "1-10|11-50|51-200|201-500",
    "terms": "30 Tage netto|14 Tage|sofort",
    "product": "Roof kit|Onboarding package|Maintenance plan|Solar panel 400W|Consulting day",
    "unit": "Stück|h|m²|kg",
    "campaign": "Spring Webinar|Google Ads 2024|Messe Hannover|",
    "territory": "North|South|East|West",
    "subject": "Follow up on proposal|Email: Pricing|Demo vorbereiten|Appel de suivi|Send contract",
    "callresult": "No answer|Connected|Left voicemail|Busy",
    "direction": "Inbound|Outbound",
    "place": "Headquarters|Zoom|Hotel Adler|Room 4",
    "phonetype": "work|work|work",
    "words": "blue|green house|oak|steel frame|cedar|glass|stone wall|brick|tile|slate|copper|zinc",
    "enum5": "Basic|Plus|Pro|Enterprise",
    "tz": "Europe/Berlin|Europe/Paris|America/Chicago",
    "step": "Schedule demo|Send contract||Wait for PO|Call on Monday",
}  # fmt: skip


def _number(column: str, row: int, size: int) -> int:
    return int.from_bytes(hashlib.blake2b(f"{column}/{row}".encode(), digest_size=8).digest(), "big") % size


def samples(holds: str, column: str) -> list[str]:
    """The samples of a column: "email", "date", "int:500", "blank", "phone?" (not always filled) and the like."""
    sparse = holds.endswith("?")
    kind, _, argument = holds.removesuffix("?").partition(":")
    made = [_one(kind, argument, column, row) for row in range(ROWS)]
    return ["" if sparse and _number(column + "?", row, 3) == 0 else value for row, value in enumerate(made)]


def _one(kind: str, argument: str, column: str, row: int) -> str:
    n = _number(column, row, 10**9)
    if kind in _LISTS:
        values = _LISTS[kind].split("|") if "|" in _LISTS[kind] else _LISTS[kind].split()
        return values[n % len(values)]
    first, last = (_LISTS[w].split()[_number(w, row, 12)] for w in ("first", "last"))
    company = f"{('Falcon', 'Donau', 'Nordlys', 'Iberia', 'Granite', 'Lumière')[_number('co', row, 6)]} {row}"
    day = f"{2019 + n % 6}-{1 + n % 12:02}-{1 + n % 28:02}"
    clock = f"{8 + n % 10:02}:{n % 60:02}:00"
    simple = {
        "blank": "",
        "name": f"{first} {last}",
        "names": f"{last}, {first}",
        "user": ("Ella Delgado", "Uwe Schneider", "Marie Petit")[n % 3],
        "useremail": ("ella@acme.test", "uwe@acme.test")[n % 2],
        "userid": str(520010 + n % 4),
        "company": f"{company} {('GmbH', 'LLC', 'SARL', 'S.L.')[_number('co', row, 4)]}",
        "email": f"{first}.{last}@{company.split()[0]}.com".lower().encode("ascii", "ignore").decode(),
        "gmail": f"{first}{n % 90}@gmail.com".lower().encode("ascii", "ignore").decode(),
        "info": f"info@{company.split()[0]}.de".lower().encode("ascii", "ignore").decode(),
        "phone": f"+49 89 {100000 + n % 899999}" if n % 2 else f"(303) 555-0{100 + n % 99}",
        "url": f"https://www.{company.split()[0].lower().encode('ascii', 'ignore').decode()}.com",
        "domain": f"{company.split()[0].lower().encode('ascii', 'ignore').decode()}.com",
        "linkedin": f"https://www.linkedin.com/in/{last.lower().encode('ascii', 'ignore').decode()}-{n % 900}",
        "handle": f"@{first.lower()}{n % 90}",
        "image": f"https://cdn.example.com/avatars/{n:x}.png",
        "link": f"https://app.example.com/contacts/{n}",
        "street": f"{1 + n % 200} Main St" if n % 2 else f"Hauptstraße {1 + n % 90}",
        "house": str(1 + n % 120),
        "address": f"Hauptstraße {1 + n % 90}, 80331 München",
        "suite": f"Suite {n % 400}",
        "zip": f"{10000 + n % 89999}",
        "date": day,
        "dmy": f"{1 + n % 28:02}.{1 + n % 12:02}.{2019 + n % 6}",
        "datetime": f"{day} {clock}",
        "iso8601": f"{day}T{clock}.000+0000",
        "epoch": str(1550000000 + n % 90000000),
        "time": clock[:5],
        "id": str(40000000 + n % 59999999),
        "id18": f"{argument or '003'}{n:015x}".upper()[:18],
        "hex": f"{n:08x}" * 3,
        "code": f"{argument or 'AC'}-{10000 + n % 9999}",
        "int": str(n % int(argument if argument.isdigit() else 500)),
        "row": str(row + 1),
        "money": f"{(n % 90000) / 1:.2f}",
        "eur": f"{n % 900 + 1}.{n % 900 + 100},00",
        "percent": str((n % 10) * 10),
        "decimal": f"{(n % 9000) / 100:.4f}",
        "vat": f"DE{100000000 + n % 899999999}",
        "deal": f"{company} - {('Pilot', 'Renewal', 'Roof', 'Hardware')[n % 4]}",
        "long": f"Spoke with the front desk, asked to call back after the board meeting on day {n % 30}.",
        "const": argument,
        "mailbox": f"{n:x}@mailbox.example.net",
        "duration": f"00:{n % 60:02}",
        "year": str(1950 + n % 70),
        "initial": f"{'SBKEMJ'[n % 6]}.",
    }
    return simple[kind]
