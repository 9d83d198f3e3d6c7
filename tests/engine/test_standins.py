"""What stands where a record says nothing, how it is otherwise spelled, and how chances are rounded."""

from typing import Any

import msgspec
import pytest

from adapters.protocols import Field, Link, Option, Schema
from engine.binding import existing_option
from engine.mapping import Mapping, Rule, Stage, check
from engine.preset import ObjectPreset, Preset
from engine.replay import replay
from engine.stages import stages
from tests.engine.shapes import CONTACT, DEAL, DESTINATION, MAPPING, ORGANIZATION, SOURCE, history, item


def mapped(object: str, **changed: Any) -> Mapping:
    """The map with one of its objects changed."""
    objects = dict(MAPPING.object)
    objects[object] = msgspec.structs.replace(objects[object], **changed)
    return msgspec.structs.replace(MAPPING, object=objects)


def told(found: Any, code: str) -> list[str]:
    """The keys of the records of which a thing is told."""
    return [f.key for f in found.findings if f.code == code]


def test_another_field_stands_in_only_where_all_are_empty() -> None:
    """A person without any name bears the address, and is told; half a name is a name."""
    contacts = [
        item("Contact", "a", 0, Email="a@x.example", Owner="Maya Ortiz"),
        item("Contact", "b", 1, Last="Quist", Email="b@x.example", Owner="Maya Ortiz"),
    ]
    made = mapped("Contact", instead={"last_name|first_name": "Email"})
    found = replay(history(*contacts, mapping=made))
    names = {key: want.fields.get("last_name") for (_, key), want in found.wants.items()}
    assert names == {"a": "a@x.example", "b": "Quist"}
    assert told(found, "stands-in") == ["a"]


@pytest.mark.parametrize(
    ("employers", "taken", "code"),
    [(("one", "one"), "one", "borrowed"), (("one", "two"), None, "not-borrowed"), (("", ""), None, "")],
)
def test_a_relation_is_borrowed_only_where_all_agree(employers: tuple[str, str], taken: str | None, code: str) -> None:
    """The company of a deal's contacts, where they have one; of two none is chosen."""
    deal = msgspec.structs.replace(
        DEAL, links=(DEAL.links[0], Link(name="contact", to=("Contact",), name_field="Contact", many=True)),
        fields=(*(f for f in DEAL.fields if f.key != "Contact"),
                Field(key="Contact", label="Contact", kind="reference", format="json")),
    )  # fmt: skip
    source = msgspec.structs.replace(SOURCE, objects=(*SOURCE.objects[:2], deal))
    records = [
        item("Company", "one", 0, ID="one", Name="One"),
        item("Company", "two", 1, ID="two", Name="Two"),
        item("Contact", "a", 2, First="Ann", Last="A", Owner="Maya Ortiz", Company_ID=employers[0]),
        item("Contact", "b", 3, First="Bob", Last="B", Owner="Maya Ortiz", Company_ID=employers[1]),
        item("Deal", "d", 4, Name="D", Stage="New", Contact='["Ann A","Bob B"]'),
    ]
    found = replay(history(*records, mapping=mapped("Deal", borrow={"company": "contact"}), source=source))
    ref = {"$ref": ["organization", "Company", taken]} if taken else None
    assert found.wants["Deal", "d"].fields.get("org_id") == ref
    assert [f.code for f in found.findings if "borrowed" in f.code] == [code] * bool(code)


def test_a_relation_that_goes_nowhere_holds_nothing_back() -> None:
    """A record whose unmapped relation names one that waits does not wait, too."""
    contact = msgspec.structs.replace(
        CONTACT, links=(*CONTACT.links, Link(name="referrer", to=("Contact",), name_field="Referrer")),
        fields=(*CONTACT.fields, Field(key="Referrer", label="Referrer", kind="reference")),
    )  # fmt: skip
    source: Schema = msgspec.structs.replace(SOURCE, objects=(SOURCE.objects[0], contact, SOURCE.objects[2]))
    waiting = item("Contact", "a", 0, First="Ann", Last="A", Owner="Nobody We Know")
    other = item("Contact", "b", 1, First="Bob", Last="B", Owner="Maya Ortiz", Referrer="Ann A")
    found = replay(history(waiting, other, source=source))
    assert found.settled["Contact", "a"].disposition == "held"
    assert ("Contact", "b") in found.wants


def test_what_stands_in_and_what_is_borrowed_must_exist() -> None:
    """A map that names fields or relations that are not there is refused by name."""
    made = mapped("Contact", instead={"nickname": "Handle"}, borrow={"company": "friend"})
    problems = check(made, SOURCE, DESTINATION)
    assert "Contact.instead.nickname: person has no field 'nickname'" in problems
    assert any("'Handle'" in p for p in problems)
    assert any("'friend'" in p for p in problems)


def test_a_rounded_chance_is_told_with_its_rule() -> None:
    """33.333 becomes 33, 52.5 becomes 52 and 53.5 becomes 54; a whole one is not told."""
    chances = {"A": 33.333, "B": 52.5, "C": 53.5, "D": 80.0}
    (pipeline,) = MAPPING.pipeline
    steps = (*pipeline.stages, *(Stage(name=n, probability=c) for n, c in chances.items()))
    made = msgspec.structs.replace(MAPPING, pipeline=(msgspec.structs.replace(pipeline, stages=steps),))
    found = replay(history(mapping=made))
    wrote = {w.part.key: w.fields["probability"] for w in found.configuration if w.part.entity == "stage"}
    assert [wrote[f"Acme/{n}"] for n in chances] == [33, 52, 54, 80]
    assert told(found, "probability-rounded") == ["Acme/A", "Acme/B", "Acme/C"]


def test_stages_of_the_customer_are_those_of_the_deals() -> None:
    """Where only closing names are known, each name that a deal has is an open stage."""
    preset = Preset(pipeline="P", objects={"Deal": ObjectPreset(thing="deal", fields={})}, stages={"Won": "won"})
    deals = {t: item("Deal", t, Stage=t) for t in ("Pitch", "pitch", "Won", "Call")}
    (pipeline,), pairs = stages(preset, "Stage", SOURCE, DEAL, deals, "UTC")
    assert [s.name for s in pipeline.stages] == ["Pitch", "Call"]
    assert pairs["Won"] == {"stage": "Call", "status": "won"}


def test_an_option_of_the_very_spelling_goes_before_another() -> None:
    """Options that differ in case alone are told apart; one in other case serves where there is no other."""
    options = (*ORGANIZATION.fields[4].options, Option("8", "VIP"), Option("9", "vip"))
    labels = msgspec.structs.replace(ORGANIZATION.fields[4], options=options)
    entity = msgspec.structs.replace(ORGANIZATION, fields=(labels,))
    schema = msgspec.structs.replace(DESTINATION, objects=(entity,))
    found = {t: existing_option(schema, "organization", "label_ids", t) for t in ("VIP", "vip", "Vip", "none")}
    assert found == {"VIP": "8", "vip": "9", "Vip": "8", "none": None}


def test_a_rare_spelling_that_is_kept_is_told() -> None:
    """The usual one is what most records have; a value by itself has no other."""
    rules = dict(MAPPING.object["Deal"].fields) | {"Mood": Rule(block="Mood")}
    deal = msgspec.structs.replace(DEAL, fields=(*DEAL.fields, Field(key="Mood", label="Mood", kind="enum")))
    source = msgspec.structs.replace(SOURCE, objects=(*SOURCE.objects[:2], deal))
    moods = {"a": "Left Voicemail", "b": "Left Voicemail", "c": "left voicemail", "d": "Odd"}
    company = item("Company", "x", 0, ID="x", Name="X")
    deals = [item("Deal", k, n, Name=k, Stage="New", Company="X", Mood=m) for n, (k, m) in enumerate(moods.items(), 1)]
    found = replay(history(company, *deals, mapping=mapped("Deal", fields=rules), source=source))
    assert told(found, "other-spelling") == ["c"]
