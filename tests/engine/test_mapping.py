"""The field map: what it says is read back as it was written, and what stands against it is named."""

import random

import msgspec
import pytest

from adapters.protocols import Schema
from engine.mapfile import render
from engine.mapping import MapError, Mapping, ObjectMap, Pipeline, Rule, Stage, check, digest, parse
from tests.engine.shapes import DESTINATION, MAPPING, SOURCE

ODD = (
    "plain", "two words", "Größe", "名前", "a.b", 'quote "double"', "it's", "back\\slash", "tab\there", "line\nbreak",
    "=", "#", "[x]", "{y}", "", " lead", "\u007f", "\u2028", "😀", "true", "2024-01-01",
)  # fmt: skip


def changed(object: str, **rules: Rule) -> Mapping:
    """The map with other rules for fields of an object; underscores stand for blanks."""
    there = MAPPING.object[object]
    fields = there.fields | {k.replace("_", " "): v for k, v in rules.items()}
    objects = MAPPING.object | {object: msgspec.structs.replace(there, fields=fields)}
    return msgspec.structs.replace(MAPPING, object=objects)


def problems(mapping: Mapping) -> list[str]:
    """What stands against a map of the small schemas."""
    return check(mapping, SOURCE, DESTINATION)


def test_a_good_map_has_no_problems() -> None:
    """The map of the small schemas can be confirmed as it is."""
    assert problems(MAPPING) == []


def test_the_file_says_what_the_map_says() -> None:
    """A map that is written and read again is the same map."""
    assert parse(render(MAPPING, SOURCE)) == MAPPING


@pytest.mark.parametrize(("other", "told"), [({"status": "lost"}, True), ({"status": "open"}, False)])
def test_texts_of_a_value_map_that_are_one_mean_one_thing(other: dict[str, str | bool], told: bool) -> None:
    """Of "Open" and "open " one pair would win unseen: they are named, unless both say the same."""
    deal = MAPPING.object["Deal"]
    values = deal.values | {"Status": {"Open": {"status": "open"}, "open ": other}}
    made = msgspec.structs.replace(
        MAPPING, object=MAPPING.object | {"Deal": msgspec.structs.replace(deal, values=values)}
    )
    assert any("'Open' and 'open '" in problem for problem in problems(made)) is told


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0, 100.0, None])
def test_every_chance_of_a_stage_survives_the_file(chance: float | None) -> None:
    """A stage that is never won says so: without its chance the destination would count its deals in full."""
    pipeline = Pipeline(name="Sales", stages=(Stage(name="Parked", probability=chance),))
    made = msgspec.structs.replace(MAPPING, pipeline=(pipeline,))
    assert parse(render(made, SOURCE)) == made


def test_a_pipeline_without_stages_survives_the_file() -> None:
    """A pipeline whose stages nobody has named yet is written as one."""
    made = msgspec.structs.replace(MAPPING, pipeline=(Pipeline(name="Bare", stages=()),))
    assert parse(render(made, SOURCE)) == made


@pytest.mark.parametrize("seed", range(20))
def test_odd_names_survive_the_file(seed: int) -> None:
    """Quotes, unicode, control characters and line breaks in any key or text come back as they were."""
    dice = random.Random(seed)
    pick = lambda: dice.choice(ODD)  # noqa: E731
    rules = {
        pick(): dice.choice(
            (
                Rule(to=pick() or "x", part=pick(), label=pick()),
                Rule(exclude=pick() or "why"),
                Rule(new="N", kind="text", when={pick(): pick()}),
            )
        )
        for _ in range(6)
    }
    made = Mapping(
        zone="UTC",
        currency=pick(),
        key_field=pick() or "key",
        owner_gate=(pick(), pick()),
        pipeline=(Pipeline(name=pick(), stages=(Stage(name=pick() or "s"), Stage(name="t", probability=12.5))),),
        object={
            pick(): ObjectMap(
                to=pick(), fields=rules, links={pick(): pick()}, set={pick(): pick(), "n": 1.5, "b": True},
                values={pick(): {pick(): {pick(): pick()}}}, needs=(pick(),), alone=False, expected=(pick(),),
                duplicates=pick(),
            )
        },
    )  # fmt: skip
    again = parse(render(made, SOURCE))
    assert again == made
    assert digest(again) == digest(made)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zone = ", ["not valid TOML"]),
        ('zone = "UTC"\ncurrency = 3\n[object]\n', ["$.currency", "str"]),
        ('zone = "UTC"\ncurrency = "USD"\n', ["object"]),
        (
            'zone = "UTC"\ncurrency = "USD"\n[object.Deal]\nto = "deal"\n[object.Deal.fields]\nName = { goes = "x" }\n',
            ["goes", "Deal", "Name"],
        ),
        (
            (
                'zone = "UTC"\ncurrency = "USD"\n[object.Deal]\nto = "deal"\n[object.Deal.fields]\n'
                'Name = { new = "x", kind = "colour" }\n'
            ),
            ["colour", "Deal", "Name"],
        ),
    ],
)
def test_a_broken_file_is_told_where(text: str, words: list[str]) -> None:
    """What cannot be read is named with its place, so that it can be found in the file."""
    with pytest.raises(MapError) as caught:
        parse(text)
    assert "mapping.toml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (changed("Deal", Name=Rule(to="nonsense")), ["Deal.Name", "deal", "no field 'nonsense'"]),
        (changed("Company", Name=Rule(to="update_time")), ["Company.Name", "organization.update_time", "read-only"]),
        (changed("Company", Name=Rule(undecided="who knows")), ["Company.Name", "undecided", "who knows", "exclude"]),
        (changed("Company", Name=Rule(to="name", exclude="why")), ["Company.Name", "exactly one", "to+exclude"]),
        (changed("Company", Name=Rule()), ["Company.Name", "exactly one", "none"]),
        (changed("Company", Name=Rule(new="N")), ["Company.Name", "needs a kind"]),
        (changed("Company", Name=Rule(block="N")), ["Company.Name", "no labelled lines", "new = 'N'"]),
        (changed("Deal", Name=Rule(link="boss")), ["Deal.Name", "no relation 'boss'"]),
        (changed("Deal", Stage=Rule(values="Gone")), ["Deal.Stage", "no value map", "Gone"]),
        (changed("Deal", Closes=Rule(to="title", when={"won": "nope"})), ["Deal.Closes", "no field 'nope'"]),
        (changed("Deal", Closes=Rule(to="title", since="Then")), ["Deal.Closes", "no field 'Then'"]),
        (changed("Company", Colour=Rule(to="name")), ["Company.Colour", "the source has no such field"]),
        (changed("Company", Name=Rule(new="Cutover key", kind="text")), ["Company.Name", "source key"]),
        (msgspec.structs.replace(MAPPING, zone="Mars/Base"), ["zone", "Mars/Base", "America/New_York"]),
        (msgspec.structs.replace(MAPPING, zone="../../etc/passwd"), ["zone"]),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_object_field_and_remedy(mapping: Mapping, words: list[str]) -> None:
    """Each problem names the object, the field, what is wrong and, where it can, what to write instead."""
    text = " | ".join(problems(mapping))
    for word in words:
        assert word in text


def test_a_field_that_nobody_decided_is_named() -> None:
    """A source field without a rule stands against the map, also one that a new export brought."""
    fields = {k: v for k, v in MAPPING.object["Deal"].fields.items() if k != "Closes"}
    there = msgspec.structs.replace(MAPPING.object["Deal"], fields=fields)
    found = problems(msgspec.structs.replace(MAPPING, object=MAPPING.object | {"Deal": there}))
    assert found == ["Deal.Closes: nobody has decided; give it to/new/block, or exclude it with a reason"]


def test_an_object_that_is_missing_or_unknown_is_named() -> None:
    """Objects with records must be in the map; objects that the source does not have must not."""
    objects = {k: v for k, v in MAPPING.object.items() if k != "Deal"} | {"Ticket": MAPPING.object["Deal"]}
    text = " | ".join(problems(msgspec.structs.replace(MAPPING, object=objects)))
    assert "Deal: not in the map; add [object.Deal]" in text
    assert "Ticket: the source has no such object (it has Company, Contact, Deal)" in text


def test_an_entity_or_relation_that_does_not_exist_is_named() -> None:
    """A map to an unknown entity, by an unknown relation, or to an unknown link field cannot be confirmed."""
    deal = MAPPING.object["Deal"]
    for there, words in (
        (msgspec.structs.replace(deal, to="ticket"), ["Deal", "no entity 'ticket'"]),
        (msgspec.structs.replace(deal, links={"boss": "org_id"}), ["Deal.links.boss", "no such relation"]),
        (msgspec.structs.replace(deal, links={"company": "org"}), ["Deal.links.company", "no field 'org'"]),
    ):
        text = " | ".join(problems(msgspec.structs.replace(MAPPING, object=MAPPING.object | {"Deal": there})))
        for word in words:
            assert word in text


@pytest.mark.promise("F-051")
@pytest.mark.parametrize(
    "rules",
    [
        {"Phone": Rule(to="first_name")},
        {"First": Rule(to="phones", label="work")},
        {"First": Rule(owner="owner_id")},
        {"First": Rule(new="A", kind="text"), "Last": Rule(new="A", kind="text")},
        {"First": Rule(new="A", kind="address", part="City"), "Last": Rule(new="A", kind="address", part="City")},
    ],
)
def test_two_fields_on_one_place_are_refused(rules: dict[str, Rule]) -> None:
    """Two source fields for one destination field stand against the map, and both are named."""
    (problem,) = problems(changed("Contact", **rules))
    names = [f for f in MAPPING.object["Contact"].fields if f"Contact.{f}" in problem]
    assert len(names) == 2
    assert "both go to" in problem


@pytest.mark.promise("F-051")
def test_two_fields_on_one_place_are_fine_with_a_merge_rule() -> None:
    """Parts of an address and labels of phones say how several fields share one, and are no collision."""
    rules = {"First": Rule(to="phones", label="mobile"), "Last": Rule(new="A", kind="address", part="City"),
             "Phone": Rule(new="A", kind="address", part="Street")}  # fmt: skip
    assert problems(changed("Contact", **rules)) == []


@pytest.mark.promise("F-051")
def test_two_labelled_lines_of_one_name_are_refused() -> None:
    """The second of two lines with one label would overwrite the first, so the map is refused."""
    call = msgspec.structs.replace(SOURCE.objects[2], name="Call", links=())
    source = Schema(system="acme", objects=(call,))
    fields = {f.key: Rule(exclude="x") for f in call.fields} | {
        "Name": Rule(block="Line"),
        "Stage": Rule(to="subject", keep="Line"),
    }
    made = Mapping(zone="UTC", currency="USD", object={"Call": ObjectMap(to="activity", fields=fields)})
    (problem,) = check(made, source, DESTINATION)
    assert "Call.Name" in problem
    assert "Call.Stage" in problem
    assert "'Line'" in problem


def test_one_custom_field_of_two_kinds_is_refused() -> None:
    """A custom field that two objects fill is one field, and cannot be text for one and a number for the other."""
    both = changed("Company", Name=Rule(new="Size", kind="text"))
    contact = msgspec.structs.replace(
        both.object["Contact"],
        to="organization",
        links={},
        fields=both.object["Contact"].fields | {"First": Rule(new="Size", kind="number")},
    )
    text = " | ".join(problems(msgspec.structs.replace(both, object=both.object | {"Contact": contact})))
    assert "Contact.First makes 'Size' a number and Company.Name a text" in text


def test_the_digest_is_of_what_the_map_says() -> None:
    """Layout and order of the file do not change the digest; any decision does."""
    text = render(MAPPING, SOURCE)
    assert digest(parse(text.replace("\n\n", "\n\n# a comment\n\n"))) == digest(MAPPING)
    assert digest(changed("Deal", Closes=Rule(exclude="no"))) != digest(MAPPING)
