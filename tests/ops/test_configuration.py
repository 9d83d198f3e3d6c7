"""cutover.toml: what is misspelled is told before anything happens, with what may stand there."""

from pathlib import Path

import pytest

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
