"""A made-up export of Smart CRM Online: ids of companies alone, everything else by name."""

from pathlib import Path

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import PEOPLE, LocalBench, written
from adapters.sources.smart_crm_online import SmartCrmOnline

_FILES: dict[str, list[list[str]]] = {
    "companies.csv": [
        ["Company ID", "Company Name", "Website", "Employees", "Annual Revenue", "Tags", "Tax Exempt?", "Created"],
        ["C-1", "Zoë & Søn, \"Ltd\"", "https://zoe.example", "12", "1,250.50", "vip; old", "Yes", "2025-03-14 09:00"],
        ["C-2", "Null", "", "", "", "", "No", "2024-11-03 01:30"],
    ],
    "contacts.csv": [
        ["First Name", "Last Name", "Email", "Phone", "Company ID"],
        *(
            [f"First {n}", f"Last {n}", f"p{n}@zoe.example", f"+1 202 555 {n:04d}", f"C-{1 + n % 2}"]
            for n in range(PEOPLE)
        ),
    ],
    "deals.csv": [
        ["Deal Name", "Company ID", "Contact", "Value", "Currency", "Stage", "Probability", "Close Date", "Owner"],
        ["Roof", "C-1", "First 1 Last 1", "1200.00", "USD", "Won", "100%", "2025-12-31", "ann@crm.example"],
        ["Windows", "C-9", "", "0.5", "USD", "Lost", "0%", "2025-11-30", "Bob Bell"],
    ],
    "notes.csv": [
        ["Attached To Type", "Attached To", "Note", "Author", "Created"],
        ["Deal", "Roof", "<p>two\nlines</p>", "Ann Ames", "2025-03-14 09:00"],
    ],
}  # fmt: skip


def bench(folder: Path) -> LocalBench:
    """An export in a folder."""
    written(folder, _FILES)
    counts = {"Company": 2, "Contact": PEOPLE, "Deal": 2, "Note": 1}
    return LocalBench(folder, Holds(counts=counts, orphans=frozenset({"Deal.company"})), SmartCrmOnline, _later)


def _later(folder: Path) -> Later:
    header, first, _ = _FILES["companies.csv"]
    rows = [header, [*first[:3], "13", *first[4:]], ["C-3", "New", "", "", "", "", "No", ""]]
    written(folder, {"companies.csv": rows})
    return Later(changed={"Company": frozenset({"C-1", "C-3"})}, deleted={"Company": frozenset({"C-2"})})
