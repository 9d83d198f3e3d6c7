"""Pro-Sales CRM by its CSV export alone: what cells with several values come to, once records are linked."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.sources.pro_sales_crm import TABLE
from adapters.sources.rest.offline import ExportSource
from adapters.sources.values import parse
from engine.extract import extract
from engine.findings import Notes
from engine.history import load_items
from engine.links import Links
from tests.engine.world import journal_at, view_of
from tests.pairs.sides import PRO_SALES
from tests.sources.reading import finish

CHICAGO = ZoneInfo("America/Chicago")
NAMESAKE = "Nadia,Quigley,nadia@{firm}.example,,{company},Lead,,,0,,"


def resolved(folder: Path) -> list[str]:
    """What the contacts of the deal "Tidepool Coffee pilot 95" come to: their addresses, or the state of the link."""
    journal = journal_at()
    source = ExportSource(TABLE, folder, None)
    schema = finish(source.schema())
    extract(journal, view_of(journal), source, lambda *_: None)
    items = load_items(journal, view_of(journal))
    journal.log._engine.dispose()
    links = Links(schema, Notes(), {}, lambda _item, _link: "")
    for name, found in items.items():
        links.index(name, found.values())
    (deal,) = [i for i in items["Deal"].values() if (i.values or {})["Deal"] == "Tidepool Coffee pilot 95"]
    (link,) = [link for link in links.schemas["Deal"].links if link.name == "contacts"]
    return [
        (items["Contact"][one.subject[1]].values or {})["Email"] if one.subject else one.state
        for one in links.all(deal, link)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the export."""
    assert PRO_SALES.export is not None
    return Path(shutil.copytree(PRO_SALES.export, tmp_path / "csv"))


def add(folder: Path, firm: str, company: str) -> None:
    """Add another Nadia Quigley, of a company."""
    path = folder / "contacts.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    row = NAMESAKE.format(firm=firm, company=company)
    row += "," * (lines[0].count(",") - row.count(","))
    path.write_text("\n".join([*lines, row, ""]), encoding="utf-8")


@pytest.mark.trap("Q23")
def test_several_contacts_in_one_cell_are_each_found(folder: Path) -> None:
    """By their names, in their order."""
    expected = ["gfontaine@harborlight.example", "nquigley@copper-fern.example", "mia.merged@juniper-labs.example"]
    assert resolved(folder) == expected


@pytest.mark.trap("Q23")
def test_a_name_that_two_bear_is_settled_by_the_company(folder: Path) -> None:
    """The one at the deal's company; where neither is there, nobody guesses."""
    add(folder, "elsewhere", "Harborlight")
    assert resolved(folder)[1] == "ambiguous"
    add(folder, "tidepool", "Tidepool Coffee")
    assert resolved(folder)[1] == "nadia@tidepool.example"


@pytest.mark.trap("Q24")
def test_tags_are_split_at_semicolons_alone(folder: Path) -> None:
    """Five different strings: a comma and the blanks that a tag has of its own stay with it."""
    source = ExportSource(TABLE, folder, None)
    schema = finish(source.schema()).object("Contact")
    assert schema is not None
    field = schema.field("Tags")
    assert field is not None
    rows = finish(source.read("Contact", None, None)).records
    (cell,) = [r.values["Tags"] for r in rows if r.values["Email"] == "tagg.case@harborlight.example"]
    assert parse(field, cell, CHICAGO).value == ["VIP", "vip", "V.I.P.", " vip ", "east, coast"]
