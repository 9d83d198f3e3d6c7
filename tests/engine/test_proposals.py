"""What is proposed for each field: the preset's rule or a ranked guess, with a confidence and a reason."""

import msgspec
import pytest

from engine import history
from engine.mapping import check, parse
from engine.proposals import KNOWN, Offer, proposals
from engine.propose import propose
from tests.engine.world import World


@pytest.fixture(scope="module")
def discovered() -> World:
    """A migration that has looked at both sides."""
    world = World()
    world.migration.start("smart-crm-online", world.account.destination.name)
    world.migration.discover()
    return world


@pytest.fixture(scope="module")
def offered(discovered: World) -> Offer:
    """What it offers."""
    return discovered.migration.offer()


@pytest.mark.promise("F-048")
def test_every_field_of_the_map_has_its_reason(offered: Offer) -> None:
    """For each field of the source there is a rule, how sure it is, and why."""
    for name, object_map in offered.mapping.object.items():
        assert set(offered.fields[name]) == set(object_map.fields)
        for field, proposed in offered.fields[name].items():
            assert proposed.rule == object_map.fields[field]
            assert 0 < proposed.confidence <= KNOWN
            assert proposed.reason


def test_what_the_preset_does_not_know_is_said_beside_the_field(discovered: World, offered: Offer) -> None:
    """The file has how sure the proposal is and why beside it, and means the same map."""
    text = discovered.migration.propose()
    line = next(line for line in text.splitlines() if line.startswith("Newsletter"))
    assert "95%: it is the newsletter" in line
    assert parse(text) == offered.mapping


def test_alternatives_are_ranked(offered: Offer) -> None:
    """What else a field could become stands after the rule, without it."""
    industry = offered.fields["Company"]["Industry"]
    assert industry.also[0].target == "industry"
    ranks = [p.confidence for p in industry.also]
    assert ranks == sorted(ranks, reverse=True)


def test_what_is_offered_can_be_printed(offered: Offer) -> None:
    """The document of `map propose --json` is plain data: rule, confidence, reason, the rest in order."""
    said = msgspec.json.decode(msgspec.json.encode(offered.fields))
    assert said["Deal"]["Deal Name"]["rule"] == {"to": "title"}
    assert said["Deal"]["Stage"]["also"][0] | {"reason": ""} == {
        "target": "stage_id",
        "confidence": 0.985,
        "reason": "",
        "transform": "values",
    }


def test_a_list_has_its_values_matched(offered: Offer) -> None:
    """Where a field goes to a list of the account, each value has its options."""
    listed = [p for fields in offered.fields.values() for p in fields.values() if p.values]
    assert all(choices for p in listed for choices in p.values.values())


def test_a_source_without_a_preset_gets_a_map_that_can_be_confirmed(discovered: World) -> None:
    """Its objects are told by their names, its fields by headers and values; nothing stands against the map."""
    journal, view = discovered.journal, discovered.view
    source = msgspec.structs.replace(history.source_schema(journal), system="somebody-elses-crm")
    destination = history.destination_schema(journal, "production")
    items = history.load_items(journal, view)
    made = propose(source, destination, items, zone="Europe/Berlin", currency="EUR")
    assert check(made, source, destination) == []
    assert made.object["Contact"].fields["Email"].to == "emails"
    assert made.object["Deal"].fields["Stage"].values == "Stage"
    said = proposals(source, destination, made, items)
    assert said["Company"]["Company Name"].confidence > 0.9
