"""The wheel, built and installed where nothing of the checkout can help it."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]


def run(*args: str | Path, cwd: Path) -> str:
    """What a command printed; it must succeed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CUTOVER"))}
    done = subprocess.run([str(a) for a in args], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{args}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.xdist_group("wheel")
def test_the_wheel_alone_plays_the_demo(tmp_path: Path) -> None:
    """A wheel in an empty environment, outside the repository, migrates its store and plays the demo to its end."""
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, REPO, cwd=tmp_path)
    (wheel,) = tmp_path.glob("cutover-*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    told = run(tmp_path / "env" / "bin" / "cutover", "demo", "--workspace", tmp_path / "demo", cwd=tmp_path)
    assert "both sides agree" in told
    assert "the same end" in told
