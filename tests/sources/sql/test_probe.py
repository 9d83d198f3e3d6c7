"""What a probe of a database finds, without reading it."""

import pytest

from adapters.protocols import Probing
from tests.sources.reading import finish
from tests.sources.sql.shop import schema, source


@pytest.mark.promise("F-007")
@pytest.mark.promise("F-009")
def test_a_database_that_answers(shop: str) -> None:
    """Its version, its clock, how writes are kept out, what can be read, and what a snapshot may miss."""
    one = source(shop)
    assert isinstance(one, Probing)
    probed = finish(one.probe())
    assert (probed.method, probed.usable) == ("database", True)
    assert set(probed.objects) == {o.name for o in schema(shop).objects}
    connected, readonly, clock, *tables = probed.steps
    assert connected.found.split()[0] in ("sqlite", "postgresql")
    assert "READ ONLY" in readonly.found or "mode=ro" in readonly.found
    assert clock.serves
    assert str(probed.facts["date"]).endswith("Z")
    assert all(step.serves and step.object for step in tables)
    assert probed.facts["files"] == ["Companies.Logo", "order lines.photo"]
    assert probed.facts["paging"]["Companies"] == "after the last key"
    assert probed.facts["paging"]["log"] == "one open query, sorted"
    assert any("full snapshot" in risk for risk in probed.risks)


def test_a_database_that_does_not(tmp_path: object) -> None:
    """Is a finding, not an error."""
    probed = finish(source(f"sqlite:///{tmp_path}/none.db").probe())
    assert not probed.usable
    assert "no such SQLite file" in probed.steps[0].found
