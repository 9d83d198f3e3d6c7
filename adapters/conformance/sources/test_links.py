"""What names another record names one that is there."""

from adapters.conformance.sources.stage import Stage
from adapters.protocols import Link, Record
from adapters.sources.names import fold
from adapters.sources.values import JSON_LIST, split


def test_ids_resolve(stage: Stage) -> None:
    """The ids of a link are those of records of its objects; the bench says of which links some are not."""
    ids = {o.name: {record.id for record in stage.records(o.name)} for o in stage.objects}
    orphans = set()
    for o in stage.objects:
        records = stage.records(o.name)
        for link in o.links:
            there = set().union(*(ids[name] for name in link.to))
            named = {id for record in records for id in _ids(link, record)}
            lost = named - there
            assert not named or lost != named, f"{o.name}.{link.name}: none of {sorted(named)[:5]} is a {link.to}"
            if lost:
                orphans.add(f"{o.name}.{link.name}")
                assert f"{o.name}.{link.name}" in stage.holds.orphans, f"{o.name}.{link.name}: no {link.to} {lost}"
    assert orphans == stage.holds.orphans, "links that all resolve are no orphans"


def test_types_name_objects(stage: Stage) -> None:
    """Where a column says which object is meant, it is one of the link's, by its name or label."""
    labels = {o.name: {fold(o.name), fold(o.label), fold(o.label).removesuffix("s")} for o in stage.objects}
    for o in stage.objects:
        for link in (link for link in o.links if link.type_field):
            known = set().union(*(labels[name] for name in link.to))
            said = {fold(record.values.get(link.type_field or "", "")) for record in stage.records(o.name)} - {""}
            assert said <= known, f"{o.name}.{link.name}: {sorted(said - known)} are none of {link.to}"


def test_owners_are_users(stage: Stage) -> None:
    """Where the source lists its users, an owner is one of them, by id, name or address."""
    known = {word for user in stage.schema.users for word in (user.id, fold(user.name), fold(user.email))}
    for o in stage.objects if known else ():
        owners = {record.values.get(o.owner_field or "", "").strip() for record in stage.records(o.name)} - {""}
        lost = {owner for owner in owners if owner not in known and fold(owner) not in known}
        assert not lost or f"{o.name}.{o.owner_field}" in stage.holds.orphans, f"{o.name}: no users {sorted(lost)}"


def _ids(link: Link, record: Record) -> list[str]:
    text = record.values.get(link.id_field or "", "").strip()
    return split(text, JSON_LIST) if link.many and text else [text] if text else []
