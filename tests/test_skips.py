"""The list of skips is enforced, with one process and with several."""

import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
SUITE = """
import pytest

def test_passes():
    pass

@pytest.mark.skipif(True, reason={reason!r})
def test_is_skipped():
    pass
"""
MODULE = "import pytest\npytest.skip({reason!r}, allow_module_level=True)\n"
CONFTEST = (
    "from tests.skips import Skips\n\ndef pytest_configure(config):\n    config.pluginmanager.register(Skips())\n"
)


@pytest.mark.parametrize("workers", ["0", "1"])
@pytest.mark.parametrize("text", [SUITE, MODULE], ids=["test", "module"])
@pytest.mark.parametrize(
    ("reason", "code"), [("no contracts below /nowhere", {0, 5}), ("it is Friday", {1})], ids=["allowed", "not allowed"]
)
def test_a_skip_needs_leave(tmp_path: Path, text: str, workers: str, reason: str, code: set[int]) -> None:
    """An allowed reason changes nothing; any other fails the run and is named."""
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "test_some.py").write_text(text.format(reason=reason), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(REPO), "PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode in code, done.stdout + done.stderr
    assert ("skipped without leave" in done.stdout) == (1 in code)
