"""Killed commands: a sample of whole migrations, and proof that what is looked at can be seen to be wrong."""

import random
from pathlib import Path

import pytest

from tests.soak.appending import Violation
from tests.soak.conftest import Soak, apart
from tests.soak.figures import Figures
from tests.soak.lives import VERBS, Life, Plan, born


@pytest.mark.promise("F-122")
@pytest.mark.promise("F-165")
@pytest.mark.promise("F-166")
@pytest.mark.promise("F-188")
@pytest.mark.parametrize(("store", "kills"), [("sqlite", 2), ("postgresql", 1)])
def test_a_life(soak: Soak, store: str, kills: int) -> None:
    """Each command is killed and comes to the end of one that was not; the account's changes are those of the log."""
    figures = soak("processes", "--kills", str(kills), "--a-life", str(kills), "--on", store, "--seed", "1")
    assert all(figures[f"{store}_{verb}"] >= kills for verb in VERBS)
    assert figures["writes"] > 150


def spoil(folder: Path) -> None:
    """A migration to its first comparison; then each thing that must not be, and what is said of it."""
    with born(folder / "life", "") as scene:
        life = Life(scene, "sqlite", Plan(kills=0), random.Random(1), Figures())
        life.begin()
        scene.workspace.ok("run")
        agreed = life.compared()
        first, second = scene.records()["organizations"][:2]
        scene.edit("organization", first["id"], name="Other")
        with pytest.raises(Violation, match="the sides differ"):
            life.compared()
        scene.edit("organization", first["id"], name=first["name"])
        life.same(agreed, "nothing")
        with pytest.raises(Violation, match="not what it was"):
            life.same(agreed | {"deals": []}, "nothing")
        scene.make("/api/v2/organizations", name="Somebody's")
        with pytest.raises(Violation, match=r"has made \d+ changes, and the log says \d+"):
            life.compared()
        scene.make("/api/v2/organizations", name="Twin", custom_fields=second["custom_fields"])
        with pytest.raises(Violation, match="doubled"):
            life.compared()


def test_what_is_wrong_is_seen(tmp_path: Path) -> None:
    """Another value, another content, a change that the log does not know, a doubled record: each ends a life."""
    apart(spoil, tmp_path)
