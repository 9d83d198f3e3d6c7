"""The suite as anybody runs it: in a process of its own, outside the checkout."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import msgspec

REPO = Path(__file__).parents[2]


class Run(msgspec.Struct, frozen=True):
    """How a run ended. `failed` and `skipped`: reasons by test; `printed`: what pytest said."""

    passing: tuple[str, ...]
    failed: dict[str, str]
    skipped: dict[str, str]
    printed: str

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return len(self.passing)

    @property
    def topics(self) -> set[str]:
        """The topics that failed: their files without "test_"."""
        return {test.split("::")[0].removeprefix("test_") for test in self.failed}

    def of(self, name: str, names: Iterable[str]) -> "Run":
        """What became of one of the several that were run together."""
        others = [other for other in names if other.startswith(f"{name}-")]

        def mine(test: str) -> bool:
            return _is_of(test, name) and not any(_is_of(test, other) for other in others)

        return Run(
            tuple(filter(mine, self.passing)),
            {test: why for test, why in self.failed.items() if mine(test)},
            {test: why for test, why in self.skipped.items() if mine(test)},
            self.printed,
        )


def _is_of(test: str, name: str) -> bool:
    parameters = test.partition("[")[2].removesuffix("]")
    return parameters == name or parameters.startswith(f"{name}-")


def run(
    folder: Path,
    *names: str,
    topic: str = "",
    path: tuple[Path, ...] = (),
    most: int = 0,
    suite: str = "adapters.conformance",
    option: str = "--destination",
) -> Run:
    """Run the suite, or one topic of it, on destinations (or the other one, on sources).

    path: folders of packages to be found besides. most: failures after which it is enough; 0 for all.
    """
    outside = folder / "outside"
    outside.mkdir(exist_ok=True)
    module = f"{suite}.test_{topic}" if topic else suite
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "CUTOVER"))}
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"]
    command += [
        "--pyargs",
        module,
        *(word for name in names for word in (option, name)),
        f"--maxfail={most}",
        "--junit-xml",
        str(folder / "run.xml"),
        "--basetemp",
        str(folder / "temporary"),
    ]
    done = subprocess.run(
        command,
        cwd=outside,
        env=clean | {"PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    failed: dict[str, str] = {}
    skipped: dict[str, str] = {}
    passing: list[str] = []
    for case in ElementTree.parse(folder / "run.xml").iter("testcase"):
        # where one file is asked for, pytest knows it by no name
        file = f"test_{topic}" if topic else case.get("classname", "").rpartition(".")[2]
        name = f"{file}::{case.get('name')}"
        for result in case:
            if result.tag in ("failure", "error"):
                failed[name] = str(result.get("message"))
            elif result.tag == "skipped":
                skipped[name] = str(result.get("message"))
        if len(case) == 0:
            passing.append(name)
    return Run(tuple(passing), failed, skipped, done.stdout)


def run_source(folder: Path, *names: str, topic: str = "", path: tuple[Path, ...] = (), most: int = 0) -> Run:
    """Run the suite for sources, or one topic of it, on sources."""
    suite, option = "adapters.conformance.sources", "--source"
    return run(folder, *names, topic=topic, path=path, most=most, suite=suite, option=option)


def offer(folder: Path, group: str = "cutover.conformance", /, **benches: str) -> Path:
    """A folder with the metadata of an installed package that offers benches, to be put on the path."""
    metadata = folder / "cutover_offer-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: cutover-offer\nVersion: 1.0\n")
    lines = [f"{name} = {place}" for name, place in benches.items()]
    (metadata / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
    return folder
