"""`cutover estimate`: of counts alone, with no source, no workspace and no network; and of a workspace."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ops.cli import main
from tests.e2e.workspace import Workspace, migrating

PAIR = ("--from", "smart-crm-online", "--to", "pipedrive", "--plan", "growth", "--seats", "5")
TOML = """
from = "smart-crm-online"
to = "pipedrive"
plan = "growth"
seats = 5
custom_fields = 31

[records]
Contact = 12_000
Deal = "about 800"
"Line items" = "~1,500"

[rates]
currency = "EUR"
grade = { A = 900, B = 1500, C = 2500, D = 4000, E = 6000, F = 9000 }
extra = { "custom fields" = 250 }
"""
FILES = {
    "counts.toml": TOML,
    "counts.json": json.dumps({"records": {"Contact": 12000, "Deal": "about 800"}}),
    "counts.csv": "object;records\nContact;12000\nDeal;about 800\n",
    "bare.csv": 'Contact,"12,000"\n\nDeal,800?\n',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which nothing of a workspace stands."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(*args: str, code: int = 0) -> str:
    """What the command prints; it must end with `code`."""
    done = CliRunner().invoke(main, ["estimate", *args], catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def asked(*args: str) -> Any:
    """The JSON document of the command."""
    return json.loads(run(*args, "--json"))


@pytest.mark.promise("F-180")
@pytest.mark.parametrize("name", FILES)
def test_the_document_renders_from_a_counts_file(folder: Path, name: str) -> None:
    """From counts alone, in each form that people write, a whole written estimate is made: page, Markdown, JSON."""
    saves = [word for form in ("html", "md", "json") for word in ("--save", str(folder / f"estimate.{form}"))]
    found = asked("--counts", name, *PAIR, *saves)
    assert len(found["parts"]) == 5
    assert found["weeks"]["from"] < found["weeks"]["to"]
    assert found["cost"]["unit"] == "token"
    more = {"Line items": 1_500} if name == "counts.toml" else {}
    assert {c["object"]: c["records"] for c in found["counts"]} == {"Contact": 12_000, "Deal": 800, **more}
    page, text = ((folder / f"estimate.{form}").read_text(encoding="utf-8") for form in ("html", "md"))
    for words in (f"Grade {found['grade']}", "12,000", "object compatibility", *(p["reason"] for p in found["parts"])):
        assert words in page.replace("&#x27;", "'")
        assert words in text
    assert json.loads((folder / "estimate.json").read_text(encoding="utf-8"))["grade"] == found["grade"]


@pytest.mark.promise("F-018")
def test_an_estimated_count_is_marked_wherever_it_is_shown(folder: Path) -> None:
    """In each form the guessed count says that it is one, the counted one does not, and what follows says "about"."""
    asked("--counts", "counts.csv", *PAIR, "--save", "e.html", "--save", "e.md", "--save", "e.json")
    for form in ("e.html", "e.md"):
        text = (folder / form).read_text(encoding="utf-8")
        assert text.count("800 (estimate)") == text.count("about 800 (estimate)") == 1
        assert "12,000 (estimate)" not in text
        assert "about 12,800" in text
        assert "marked" in text
    counts = json.loads((folder / "e.json").read_text(encoding="utf-8"))["counts"]
    assert {c["object"]: c["estimated"] for c in counts} == {"Contact": False, "Deal": True}
    assert "about 12,800" in run("--counts", "counts.csv", *PAIR)


@pytest.mark.promise("F-018")
def test_what_follows_from_an_estimate_is_marked_as_well(folder: Path) -> None:
    """Wherever a figure that rests on the guess is written, in reasons and on the terminal, "about" is before it."""
    (folder / "guess.csv").write_text("Contact,about 15000\nDeal,800\n", encoding="utf-8")
    args = ("--counts", "guess.csv", *PAIR)
    run(*args, "--save", "g.html", "--save", "g.md", "--save", "g.json")
    texts = [(folder / f"g.{form}").read_text(encoding="utf-8") for form in ("html", "md", "json")]
    for text in (*texts, run(*args), run(*args, "--save", "x.md")):
        for number in ("15,000", "15,800"):
            assert number in text
            assert not re.search(rf"(?<![Aa]bout ){number}", text)
    assert "800 deals" not in texts[1]


def test_the_printed_figures_stand_beside_as_what_they_are(folder: Path) -> None:
    """What the vendor's page prints is cited under its own heading; no computed figure is one of them."""
    found = asked("--counts", "counts.toml")
    assert found["cited"]["compatibility"] == "9 of 12"
    assert found["cited"]["parts"]["mapping clarity"] == "C"
    assert found["cited"]["timeline"] == "3-5 weeks"
    text = run("--counts", "counts.toml")
    assert text.index("## What becomes of it") < text.index("## What the vendor's page prints") < text.index("9 of 12")
    assert "cited, not computed" in text
    other = asked("--counts", "counts.csv", "--from", "smart-crm-online", "--to", "nutshell", "--plan", "pro")
    assert other["cited"] is None


def test_a_price_list_in_the_file_is_gone_by(folder: Path) -> None:
    """The grade has its price, what makes the calendar longer has its extra, and records have none."""
    found = asked("--counts", "counts.toml")
    assert [words.partition(" (")[0] for words in found["weeks"]["longer"]] == [
        "12,000 contacts", "1 custom object", "31 custom fields",
    ]  # fmt: skip
    assert found["price"]["currency"] == "EUR"
    assert [price for _, price in found["price"]["lines"]][1:] == [250.0]
    assert asked("--counts", "counts.csv", *PAIR)["price"] is None


@pytest.mark.promise("F-179")
def test_above_two_million_records_the_document_has_no_number(folder: Path) -> None:
    """2,000,001 records: a person decides, says every form, and there is neither price nor cost nor time."""
    (folder / "many.csv").write_text("Contact,2000000\nDeal,1\n", encoding="utf-8")
    found = asked("--counts", "many.csv", *PAIR)
    assert (found["price"], found["cost"], found["seconds"], found["weeks"]) == (None, None, None, None)
    assert "a person scopes it" in found["by_hand"]
    text = run("--counts", "many.csv", *PAIR)
    assert "a person scopes it" in text
    assert "tokens" not in text.partition("## What the vendor's page prints")[0]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--counts", "none.toml", *PAIR), "No such file"),
        (("--counts", "counts.csv"), "--from and --to"),
        (("--counts", "counts.csv", "--from", "moon", "--to", "pipedrive"), "no source 'moon'"),
        (("--counts", "counts.csv", "--from", "results", "--to", "moon"), "no destination 'moon'"),
        (("--counts", "counts.csv", "--from", "results", "--to", "pipedrive", "--plan", "moon"), "moon"),
        (("--counts", "counts.csv", *PAIR, "--save", "e.pdf"), ".html, .md, .json"),
        (("--from", "results"), "go with --counts"),
        (("--counts", "bad.csv", *PAIR), "line 2"),
        (("--counts", "words.csv", *PAIR), "'many' is no number"),
        (("--counts", "twice.csv", *PAIR), "is there twice"),
        (("--counts", "empty.toml", *PAIR), "counts nothing"),
        (("--counts", "broken.toml", *PAIR), "broken.toml"),
        (("--counts", "negative.json", *PAIR), "records"),
        (("--counts", "extra.json", *PAIR), "moons"),
        (("--counts", "counts.txt", *PAIR), ".toml, .json or .csv"),
        (("--counts", "way.json", *PAIR), "method"),
    ],
)  # fmt: skip
def test_wrong_use_is_told(folder: Path, args: tuple[str, ...], said: str) -> None:
    """Each mistake ends with 2 and says what is wrong and where."""
    texts = {
        "bad.csv": "Contact,5\nDeal\n", "words.csv": "object,records\nContact,many\n", "twice.csv": "A,1\nA,2\n",
        "empty.toml": "[records]\n", "broken.toml": "[records\n", "negative.json": '{"records": {"Contact": -1}}',
        "extra.json": '{"records": {"Contact": 1}, "moons": 1}', "counts.txt": "Contact 1",
        "way.json": '{"records": {"Contact": 1}, "method": "owl"}',
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert said in run(*args, code=2)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose source was looked at."""
    with migrating(tmp_path_factory.mktemp("estimate")) as workspace:
        workspace.ok("discover")
        yield workspace


def test_a_workspace_is_appraised_by_its_log(described: Workspace) -> None:
    """All four reports are written, the event names the figures, and a second time nothing is new."""
    found = described.ok("estimate")
    assert {Path(path).name for path in found["reports"].values()} == {
        "estimate.html", "estimate.md", "estimate.json", "estimate.csv",
    }  # fmt: skip
    (event,) = described.events("--kind", "EstimateMade")
    assert event["body"]["grade"] == found["grade"]
    assert event["body"]["total"] == found["cost"]["total"]
    assert event["actor"] == "tester"
    described.ok("estimate")
    assert len(described.events("--kind", "EstimateMade")) == 1
    rows = list(csv.DictReader(Path(found["reports"]["csv"]).read_text(encoding="utf-8").splitlines()))
    assert {row["object"] for row in rows} == {o["label"] for o in found["compatibility"]["objects"]}


def test_the_first_look_comes_first(described: Workspace, tmp_path: Path) -> None:
    """Before anything was discovered the command says what comes first; counts alone need no look."""
    with migrating(tmp_path) as other:
        result = other.run("estimate")
        assert result.code == 3
        assert "cutover discover" in result.stderr
        (tmp_path / "c.csv").write_text("Contact,100\n", encoding="utf-8")
        found = other.ok("estimate", "--counts", str(tmp_path / "c.csv"))
    assert (found["source"], found["destination"]) == ("smart-crm-online", "pipedrive")
