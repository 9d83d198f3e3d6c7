"""The story of PromoXcrm into Pipedrive, told once for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.e2e.pairs import PIPEDRIVE
from tests.pairs.promoxcrm.story import Story, at_hand, tell


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The base, a day at the source, and everything taken back."""
    folder = tmp_path_factory.mktemp("promoxcrm")
    with at_hand(folder, PIPEDRIVE) as (workspace, address):
        assert address is not None
        yield tell(workspace, address, folder)
