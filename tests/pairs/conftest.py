"""Each passage is played once, by the first test that looks at it."""

from collections.abc import Callable

import pytest

from tests.e2e.pairs import Pair
from tests.pairs.passage import Passage, passage
from tests.pairs.sides import Side

Played = Callable[[Side, Pair], Passage]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A passage by its source and its destination."""
    kept: dict[tuple[str, str], Passage] = {}

    def play(side: Side, pair: Pair) -> Passage:
        at = side.kind, pair.kind
        if at not in kept:
            kept[at] = passage(side, pair, tmp_path_factory.mktemp("-".join(at)))
        return kept[at]

    return play
