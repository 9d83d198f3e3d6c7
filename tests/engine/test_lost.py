"""What a source does not give any more: the map still speaks of it, and what was moved of it stays what it is."""

import msgspec
import pytest

from adapters.protocols import Flow, Page, Schema
from adapters.sources.smart_crm_online import SmartCrmOnline
from engine.discover import Way
from engine.events import SourceDescribed
from engine.history import source_schema
from engine.taking import ExtractionRefusedError
from tests.engine.world import EXPORT, World


class Less(SmartCrmOnline):
    """The export without a table, and another without a column."""

    def schema(self) -> Flow[Schema]:
        """As it is described without them."""
        whole = yield from super().schema()
        objects = tuple(o for o in whole.objects if o.name != "Note")
        objects = tuple(
            msgspec.structs.replace(o, fields=tuple(f for f in o.fields if f.key != "Industry"), links=())
            if o.name == "Company"
            else o
            for o in objects
        )
        return msgspec.structs.replace(whole, objects=objects, fingerprint="less")

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """Companies have no industry."""
        page = yield from super().read(object, since, at)
        records = tuple(
            msgspec.structs.replace(r, values={k: v for k, v in r.values.items() if k != "Industry"})
            for r in page.records
        )
        return msgspec.structs.replace(page, records=records)


def test_the_map_holds_for_what_is_gone(moved: World) -> None:
    """By force the notes are gone and no company has an industry: the confirmed map still fits, nothing is deleted."""
    before = moved.wire.records()
    moved.migration.ways = lambda _dialects: [Way(method="bundle", source=Less(EXPORT))]
    with pytest.raises(ExtractionRefusedError, match="does not give any more: Note"):
        moved.migration.sync()
    moved.migration.sync(force=True)
    described = moved.journal.latest(SourceDescribed)
    assert described is not None
    names = {o.name for o in source_schema(moved.journal).objects}
    assert "Note" in names
    company = source_schema(moved.journal).object("Company")
    assert company is not None
    assert company.field("Industry") is not None
    assert moved.counts()["Note"]["extracted"] == moved.counts()["Note"]["written"] + moved.counts()["Note"]["skipped"]
    assert {r.kind for r in moved.view.reviews()} == {"vanished"}
    assert len(moved.wire.records()["notes"]) == len(before["notes"])
    assert moved.journal.log.rebuild(check=True) == []
