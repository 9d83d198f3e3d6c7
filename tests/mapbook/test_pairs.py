"""The proposed map of each pair that has a preset goes into a workbook and comes back as it was."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.pairs import PAIRS
from tests.e2e.workspace import Workspace, sandboxed
from tests.mapbook.books import edited
from tests.pairs.sides import SIDES, Side, initialise, reached

INTO = {
    "pro-sales-crm": "nutshell",
    "improveit-360": "nutshell",
    "promoxcrm": "pipedrive",
    "smart-crm-online": "pipedrive",
    "results": "pipedrive",
}
"""The five pairs."""


@pytest.mark.parametrize("side", SIDES.values(), ids=SIDES)
def test_the_proposal_survives(tmp_path: Path, side: Side) -> None:
    """Saved by another program without an edit, the workbook changes nothing; no cell of it is a formula."""
    pair = next(pair for pair in PAIRS if pair.kind == INTO[side.kind])
    path = tmp_path / "map.xlsx"
    with sandboxed(tmp_path, pair) as (sandbox, _), reached(side, tmp_path / "source") as address:
        workspace = Workspace(tmp_path / "ws", sandbox, pair=pair)
        initialise(side, workspace, address)
        workspace.ok("discover")
        workspace.ok("map", "propose")
        workspace.ok("map", "export", str(path))

        def look(book: Any) -> None:
            for sheet in book.worksheets[1:-2]:
                assert sheet.max_row >= 2
                assert not [c for line in sheet for c in line if c.data_type == "f"]

        found = workspace.ok("map", "import", str(edited(path, look)))
    assert (found["changes"], found["problems"], found["standing"]) == ([], [], [])
