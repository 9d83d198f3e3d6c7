"""Value lists: which option of a destination says what a source's value says."""

from typing import Any


def choose(values: list[str], options: list[str], kind: str) -> dict[str, list[dict[str, Any]]]:
    return {v: [] for v in values}
