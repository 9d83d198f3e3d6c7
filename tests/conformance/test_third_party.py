"""A package of somebody else's, written as the documentation shows and found through its entry points alone."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.conformance.running import REPO, offer, run

DOCUMENT = REPO / "docs" / "conformance.md"
BLOCK = re.compile(r"^`(\S+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def written(folder: Path) -> Path:
    """The documented example as files, and the metadata that installing it would leave."""
    files = dict(BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")))
    assert files.keys() == {"pyproject.toml", "shelf/adapter.py", "shelf/bench.py"}
    points = tomllib.loads(files["pyproject.toml"])["project"]["entry-points"]["cutover.conformance"]
    (folder / "shelf").mkdir(parents=True)
    (folder / "shelf" / "__init__.py").touch()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return offer(folder, **points)


def broken(folder: Path, was: str, becomes: str, file: str = "adapter") -> None:
    """Change one place of the adapter or of the bench."""
    place = folder / "shelf" / f"{file}.py"
    text = place.read_text(encoding="utf-8")
    assert text.count(was) == 1
    place.write_text(text.replace(was, becomes), encoding="utf-8")


NOT_ON_THE_SHELF = {
    "shelf has not a field that is read-only",
    "shelf has not a pick-list of several values that labels are added to",
    "shelf has not a way to create several records with one request",
    "shelf has not an entity of configuration that can be created",
    "shelf has not an entity that cannot be deleted",
    "shelf has not an entity that only a person can create",
    "shelf has not an entity that takes custom fields",
    "shelf has not an entity with revisions",
    "company.owner has one possible value",
}


def test_the_documented_example_passes(tmp_path):
    """It passes every test, and what is skipped is what it has not."""
    done = run(tmp_path, "shelf", path=(written(tmp_path / "site"),))
    assert done.failed == {}, done.printed
    assert done.passed > 100
    assert set(done.skipped.values()) == NOT_ON_THE_SHELF


@pytest.mark.parametrize(
    ("was", "becomes", "topic"),
    [
        (
            "[] if intent.id in records else",
            "[Applied(id=intent.id, answer=None)] if intent.id in records else",
            "doubt",
        ),
        ("if error.verdict.status != 404:", "if error:", "delete"),
        ("return ours == theirs or (ours in empty and theirs in empty)", "return True", "round_trip"),
        (
            'return Refused(status=response.status, message=str(body.get("error")',
            "return Refused(status=0, message=str(None",
            "errors",
        ),
        ('rollback_order = ("contact", "company")', 'rollback_order = ("company", "contact")', "schema"),
    ],
)
def test_the_example_with_a_fault_fails(tmp_path, was, becomes, topic):
    """One fault anywhere in it is found, in the topic that it belongs to."""
    site = written(tmp_path / "site")
    broken(site, was, becomes)
    done = run(tmp_path, "shelf", topic=topic, path=(site,))
    assert done.topics == {topic}, done.printed


@pytest.mark.parametrize(
    ("rule", "topic"),
    [
        ('final={"company.size": "a company never grows"}', "update"),
        ('kept={"company.size": "a company has a size"}', "update"),
        ('unread={"company.size": "a size is a secret"}', "round_trip"),
        ('refused={"company": {"name": "Acme"}}', "errors"),
        ('revised=frozenset({"company"})', "errors"),
    ],
)
def test_a_rule_that_does_not_hold_fails(tmp_path, rule, topic):
    """Nobody is excused who does not need it."""
    site = written(tmp_path / "site")
    broken(site, "rules = Rules(", "_ = Rules(", "bench")
    broken(site, "    def __init__(self)", f"    rules = Rules({rule})\n\n    def __init__(self)", "bench")
    done = run(tmp_path, "shelf", topic=topic, path=(site,))
    assert done.topics == {topic}, done.printed


def test_what_a_bench_cannot_do_is_skipped_aloud(tmp_path):
    """With the reason that the bench gives."""
    site = written(tmp_path / "site")
    broken(site, "self.next = STORMS[kind]", 'raise CannotError("the shelf stands indoors")', "bench")
    broken(site, "import Bench, Rules, Weather", "import Bench, CannotError, Rules, Weather", "bench")
    done = run(tmp_path, "shelf", topic="errors", path=(site,))
    assert done.failed == {}, done.printed
    assert "shelf cannot be busy at will: the shelf stands indoors" in done.skipped.values()


def test_a_destination_that_nobody_offers_is_named(tmp_path):
    """The error says which there are."""
    with pytest.raises(AssertionError, match="no bench is installed for shelve; there are nutshell, pipedrive"):
        run(tmp_path, "shelve")
