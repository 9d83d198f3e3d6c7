"""The schema is well-formed, and says what there is."""

from collections.abc import Iterable, Sequence

from adapters.conformance.sources.stage import Stage
from adapters.protocols import ObjectSchema, Record


def test_names_are_unique(stage: Stage) -> None:
    """Objects by name; the fields, links and options of each by key, name and id; users by id."""
    _once("objects", (o.name for o in stage.objects))
    _once("users", (u.id for u in stage.schema.users))
    for o in stage.objects:
        assert o.name, o
        assert o.label, o
        _once(f"fields of {o.name}", (f.key for f in o.fields))
        _once(f"links of {o.name}", (link.name for link in o.links))
        for field in o.fields:
            assert field.key, o.name
            _once(f"options of {o.name}.{field.key}", (option.id for option in field.options))


def test_what_is_named_is_there(stage: Stage) -> None:
    """Identity, title, owner and links name fields and links of the object; links and references name objects."""
    names = {o.name for o in stage.objects}
    for o in stage.objects:
        keys = {f.key for f in o.fields}
        links = {f"@{link.name}" for link in o.links}
        _in(o, keys, filter(None, (o.identity.id_field, o.owner_field, *o.title)))
        _in(o, keys | links, (part for recipe in (*o.identity.natural, *o.identity.rematch) for part in recipe))
        for link in o.links:
            _in(o, keys, filter(None, (link.id_field, link.name_field, link.type_field)))
            assert link.id_field or link.name_field, f"{o.name}: the link {link.name} names nothing by any field"
            assert link.to, f"{o.name}: the link {link.name} leads nowhere"
            assert set(link.to) <= names, f"{o.name}: the link {link.name} leads to {set(link.to) - names}"
            assert link.within is None or f"@{link.within}" in links, f"{o.name}: no link {link.within}"
        for field in o.fields:
            assert field.target in {None, *names}, f"{o.name}.{field.key} refers to {field.target}"


def test_records_can_be_told_apart(stage: Stage) -> None:
    """Every object with records has an identity: an id field, or a recipe."""
    for o in stage.objects:
        assert not o.count or o.identity.id_field or any(o.identity.natural), f"{o.name} has no identity"


def test_counts(stage: Stage) -> None:
    """Each object's count is what is read, or None; and what the bench says there is.

    A record may come twice (a file with each record that it hangs on), and counts once. The source's own counting may
    leave out those that it gives as deleted.
    """
    found: dict[str, int] = {}
    for o in stage.objects:
        records = stage.records(o.name)
        found[o.name] = _different(records)
        alive = _different([record for record in records if not record.deleted])
        assert o.count in (None, found[o.name], alive), f"{o.name}: {o.count} are counted, {found[o.name]} are read"
    assert {name: count for name, count in found.items() if count} == dict(stage.holds.counts)


def test_findings_name_what_is_there(stage: Stage) -> None:
    """A finding has a code and a sentence, and names an object of the schema, or one that was left out, or none."""
    for finding in stage.schema.findings:
        assert finding.code, finding
        assert finding.detail, finding


def test_it_is_the_same_again(stage: Stage) -> None:
    """Another process that looks at the same system says the same."""
    assert stage.schema == stage.again()


def _once(what: str, names: Iterable[str]) -> None:
    listed = list(names)
    assert len(listed) == len(set(listed)), f"{what}: {sorted(n for n in set(listed) if listed.count(n) > 1)} twice"


def _different(records: Sequence[Record]) -> int:
    return len({record.id for record in records if record.id}) + sum(not record.id for record in records)


def _in(o: ObjectSchema, keys: set[str], named: Iterable[str]) -> None:
    missing = set(named) - keys
    assert not missing, f"{o.name} names {sorted(missing)}, which it has not"
