"""Where the contracts are: beside the repository, or where CUTOVER_SHARED says."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("CUTOVER_SHARED") or Path(__file__).parents[3] / "shared")

needs_contracts = pytest.mark.skipif(
    not (SHARED / "contracts" / "pipedrive-endpoints.json").exists(),
    reason=f"the API contracts are not at {SHARED / 'contracts'} (set CUTOVER_SHARED)",
)
