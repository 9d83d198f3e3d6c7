"""cutover.toml: what is misspelled is told before anything happens, with what may stand there."""

from pathlib import Path

import msgspec
import pytest

from adapters.sources.kinds import source_kinds
from ops.errors import ConfigError
from ops.workspace import FILE, Workspace, create


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace."""
    create(tmp_path / "acme", "smart-crm-online", "pipedrive", None, "", "https://acme.example", "growth")
    return tmp_path / "acme"


def change(folder: Path, old: str, new: str) -> None:
    """Edit cutover.toml as a person would."""
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new), encoding="utf-8")


def test_what_init_writes_can_be_read(folder: Path) -> None:
    """A fresh workspace opens, with the policies that its comments name first."""
    policy = Workspace(folder).config.policy
    assert (policy.duplicates, policy.conflicts, policy.deletions) == ("ask", "review", "propose")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('duplicates = "ask"', 'duplicates = "mrge"', ["mrge", "policy.duplicates"]),
        ('conflicts = "review"', 'conflicts = "src"', ["src", "policy.conflicts"]),
        ('deletions = "propose"', 'deletions = "delete"', ["delete", "policy.deletions"]),
        ('zone = "America/New_York"', 'zone = "Mars/Base"', ["Mars/Base", "America/New_York"]),
        ('zone = "America/New_York"', 'zone = ""', ["time zone"]),
        ("[policy]", "[polices]", ["polices"]),
        ("every_seconds = 300", "every_seconds = often", ["toml"]),
    ],
)
def test_a_word_that_means_nothing_is_refused(folder: Path, old: str, new: str, words: list[str]) -> None:
    """A typing error in a policy does not silently become another policy: file, place and word are named."""
    change(folder, old, new)
    with pytest.raises(ConfigError) as caught:
        Workspace(folder)
    for word in [FILE, *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "smart-crm-online"', 'kind = "smart-crm"', ["'smart-crm'", "smart-crm-online"]),
        ('kind = "smart-crm-online"', 'kind = ""', ["source.kind"]),
        ('migration = "acme"', 'migration = ""', ["migration"]),
        ('currency = "USD"', 'currency = "dollars"', ["source.currency"]),
        ('url = "https://acme.example"', 'url = ""', ["[destination.production]", "is missing"]),
        ('url = "https://acme.example"', 'url = "acme.example"', ["[destination.production]", "'acme.example'"]),
        ("[destination.production]", 'url = "localhost:80"\n[destination.production]', ["[source]", "localhost:80"]),
        ("every_seconds = 300", "every_seconds = 0", ["daemon.every_seconds"]),
        ("[destination.production]", "[destination.production]\ntimeout_seconds = -1", ["timeout_seconds"]),
        ("[destination.production]", "[destination.production]\nin_flight = 0", ["in_flight"]),
        ("[destination.production]", "[destination.production]\nsettle = 3", ["`settle`", "settle_seconds"]),
        ("[policy]", "[policy]\nduplicate = 1", ["`duplicate`", "duplicates, conflicts"]),
        ("[policy]", "[polices]", ["`polices`", "policy, daemon"]),
        ("[daemon]", "[daemon", ["no valid TOML"]),
    ],
)
def test_what_may_stand_there_is_told(folder: Path, old: str, new: str, words: list[str]) -> None:
    """A value out of its range, a missing or impossible address, an unknown key: told with what would be right."""
    change(folder, old, new)
    with pytest.raises(ConfigError) as caught:
        Workspace(folder)
    for word in [FILE, *words]:
        assert word in str(caught.value)


def test_a_file_in_another_encoding_is_told(folder: Path) -> None:
    """A file that was saved in Latin-1 is no TOML, and the place is named."""
    path = folder / FILE
    path.write_bytes(path.read_bytes().replace(b'"acme"', '"acmé"'.encode("latin-1")))
    with pytest.raises(ConfigError, match=r"not written in UTF-8 \(byte \d+\)"):
        Workspace(folder)


@pytest.mark.parametrize("line", ['export = ""\n', '  export="old.zip"  # of Monday\n', ""])
def test_an_export_takes_the_place_of_the_one_before(folder: Path, line: str) -> None:
    """However the line is written, or where there is none: the new export stands in [source], the rest stays."""
    change(folder, 'export = ""\n', line)
    change(folder, 'currency = "USD"', 'currency = "EUR"')
    workspace = Workspace(folder)
    workspace.set_export(folder.parent / "friday.zip")
    for seen in (workspace, Workspace(folder)):
        assert seen.config.source.export == str(folder.parent / "friday.zip")
        assert (seen.config.source.currency, seen.config.policy.duplicates) == ("EUR", "ask")
    assert (folder / FILE).read_text(encoding="utf-8").count("export =") == 1


def test_an_export_of_a_source_that_is_not_read_from_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would never be looked at, and the delta would be told as done."""
    create(tmp_path / "a", "promoxcrm", "pipedrive", None, "https://px.example", "https://a.example", "growth")
    workspace, before = Workspace(tmp_path / "a"), (tmp_path / "a" / FILE).read_text(encoding="utf-8")
    only_api = msgspec.structs.replace(source_kinds()["promoxcrm"], bundle=None)
    monkeypatch.setattr("ops.workspace.source_kinds", lambda: {"promoxcrm": only_api})
    with pytest.raises(ConfigError, match="not read from an export"):
        workspace.set_export(tmp_path)
    assert (tmp_path / "a" / FILE).read_text(encoding="utf-8") == before


def test_nothing_is_made_of_what_cannot_be(tmp_path: Path) -> None:
    """A plan that there is not, an address that is none, a name that is a file's: told, and no folder is made."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="no plan 'growht' at Pipedrive; there is lite, growth"):
        create(tmp_path / "p", "promoxcrm", "pipedrive", None, "", "https://acme.example", "growht")
    user = "maya@brightpath.example"
    there = "https://app.nutshell.com"
    for folder, url, account, plan, word in (
        ("a", "", there, "goldx", "goldx"),
        ("b", "", "app.nutshell.com", "", "--destination-url"),
        ("c", "ftp://old.example", there, "", "--source-url"),
        ("file", "", there, "", "is a file"),
    ):
        with pytest.raises(ConfigError, match=word):
            create(tmp_path / folder, "promoxcrm", "nutshell", None, url, account, plan, user)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://acme.example", "https://ann:hunter2@acme.example"),
        ("[source]\n", '[source]\nurl = "https://ann:hunter2@crm.example"\n'),
    ],
    ids=["destination", "source"],
)
def test_an_address_holds_no_password(folder: Path, old: str, new: str) -> None:
    """A password in an address would stand in whatever names the address: it is refused, and not repeated."""
    change(folder, old, new)
    with pytest.raises(ConfigError) as caught:
        Workspace(folder)
    assert "hunter2" not in str(caught.value)
    assert "environment" in str(caught.value)


def test_init_writes_no_password(tmp_path: Path) -> None:
    """A workspace that is begun with a password in an address is not made."""
    url = "https://ann:hunter2@acme.example"
    with pytest.raises(ConfigError, match="environment"):
        create(tmp_path / "acme", "smart-crm-online", "pipedrive", None, "", url, "growth")
    assert not (tmp_path / "acme").exists()
