"""Records come once, as text by field key, in a form that is understood."""

from zoneinfo import ZoneInfo

from adapters.conformance.sources.stage import Stage
from adapters.protocols import Record
from adapters.sources.values import parse

_ZONE = ZoneInfo("America/New_York")


def test_every_record_once(stage: Stage) -> None:
    """No two records have one id, unless the very same record comes again."""
    for o in stage.objects:
        seen: dict[str, Record] = {}
        for record in stage.records(o.name):
            if record.id:
                assert seen.setdefault(record.id, record) == record, f"{o.name} {record.id} comes twice, and differs"


def test_ids(stage: Stage) -> None:
    """The id of a record is the text of its identity's field, where the object has one; an empty one is none.

    What an export has besides an API's records comes without the API's ids.
    """
    for o in stage.objects:
        for record in stage.records(o.name):
            if o.identity.id_field and not record.deleted:
                assert record.id == record.values.get(o.identity.id_field, "").strip(), f"{o.name} {record.id}"


def test_values_are_text(stage: Stage) -> None:
    """Every value is a text under a key of the schema; so is where it stood."""
    for o in stage.objects:
        keys = {f.key for f in o.fields}
        for record in stage.records(o.name):
            assert record.values.keys() <= keys, f"{o.name} {record.id}: {record.values.keys() - keys} in no field"
            odd = {key: value for key, value in record.values.items() if not isinstance(value, str)}
            assert not odd, f"{o.name} {record.id}: no text: {odd}"
            assert record.where or record.id, f"a record of {o.name} does not say where it stood"


def test_raw_records(stage: Stage) -> None:
    """What an API gave is kept as it came."""
    for o in stage.objects if stage.remote else ():
        for record in stage.records(o.name):
            assert record.raw is not None or record.deleted, f"{o.name} {record.id} has no raw record"


def test_cells_are_understood(stage: Stage) -> None:
    """No cell of any record makes typed reading raise, and most of each column give a value."""
    for o in stage.objects:
        read = dict.fromkeys((f.key for f in o.fields), 0)
        filled = dict(read)
        for record in stage.records(o.name):
            for field in o.fields:
                text = record.values.get(field.key, "")
                filled[field.key] += bool(text.strip())
                read[field.key] += parse(field, text, _ZONE).value is not None
        for key, count in filled.items():
            assert 2 * read[key] >= count, f"{o.name}.{key}: {read[key]} of {count} cells are understood"


def test_what_is_seen_is_counted(stage: Stage) -> None:
    """`filled` and `samples` of a field, where they are given, are those of its records.

    A source with a network may have looked at the first pages alone.
    """
    for o in stage.objects:
        records = stage.records(o.name)
        for field in o.fields:
            texts = [record.values.get(field.key, "") for record in records]
            filled = sum(bool(text.strip()) for text in texts)
            known = field.filled <= filled if stage.remote else field.filled in (0, filled)
            assert known, f"{o.name}.{field.key}: {field.filled} are said to be filled, {filled} are"
            for sample in field.samples:
                assert any(text.startswith(sample.removesuffix("…")) for text in texts), f"{o.name}.{field.key}"


def test_two_readings_are_equal(stage: Stage) -> None:
    """Of a system that stands still, two processes read the same."""
    first = {o.name: stage.records(o.name) for o in stage.objects}
    stage.again()
    assert first == {o.name: stage.records(o.name) for o in stage.objects}


def test_deleted_and_merged(stage: Stage) -> None:
    """Those are said to be deleted that the bench says are, by id; one that was merged names another."""
    for o in stage.objects:
        records = stage.records(o.name)
        gone = {record.id: record.merged for record in records if record.deleted}
        assert gone == stage.holds.gone.get(o.name, {}), f"{o.name}: {gone} are said to be deleted"
        for record in records:
            assert record.id or not record.deleted, f"a deleted record of {o.name} has no id"
            assert not record.merged or record.deleted, f"{o.name} {record.id} is merged and not deleted"
            assert record.merged != record.id or not record.id, f"{o.name} {record.id} is merged into itself"
