"""Links: what a record names, by id, by name, by name within another link; and what nobody can tell."""

import random

from adapters.protocols import Field, Link, ObjectSchema, Schema
from engine.findings import Notes
from engine.history import Item
from engine.journal import Subject
from engine.links import Links
from tests.engine.shapes import COMPANY, CONTACT, DEAL, SOURCE, codes, item


def links(
    *items: Item, survivors: dict[Subject, Subject] | None = None, answers: dict[str, str] | None = None,
    schema: Schema = SOURCE,
) -> Links:  # fmt: skip
    """An index over these records."""
    known = answers or {}
    made = Links(schema, Notes(), survivors or {}, lambda record, link: known.get(f"{record.key}.{link.name}", ""))
    for name in dict.fromkeys(i.object for i in items):
        made.index(name, [i for i in items if i.object == name])
    return made


ACME, BETA = item("Company", "7", ID="7", Name="Acme"), item("Company", "8", ID="8", Name="Beta")
(BY_ID,) = CONTACT.links
COMPANY_OF, CONTACT_OF = DEAL.links


def test_the_id_wins_over_the_name() -> None:
    """Where id and name disagree the id is followed, and people are told."""
    ann = item("Contact", "c", Company_ID="7", Company="Beta")
    index = links(ACME, BETA, ann)
    assert index.link(ann, BY_ID).subject == ACME.subject
    assert codes(index.notes) == ["link-disagrees"]


def test_an_id_that_does_not_exist_falls_back_to_the_name() -> None:
    """A dead id does not lose a link whose name is exact, but it is told."""
    ann = item("Contact", "c", Company_ID="99", Company=" beta ")
    index = links(ACME, BETA, ann)
    assert index.link(ann, BY_ID).subject == BETA.subject
    assert codes(index.notes) == ["resolved-by-name"]


def test_names_are_compared_folded_and_whole() -> None:
    """Case, blanks and Unicode forms do not matter; a part of a name is no name."""
    cafe = item("Company", "9", ID="9", Name="Cafe\u0301  Noir")
    for text, state in (("CAFÉ noir", "found"), ("Café", "missing"), ("Café Noir Inc", "missing"), ("", "none")):
        ann = item("Contact", "c", Company=text)
        assert links(cafe, ann).link(ann, BY_ID).state == state


def test_last_name_first() -> None:
    """A name with the last name first is understood, unless somebody is really called so."""
    ann = item("Contact", "c", First="Ann", Last="Lee")
    deal = item("Deal", "d", Contact="Lee, Ann")
    assert links(ann, deal).link(deal, CONTACT_OF).subject == ann.subject
    odd = item("Contact", "e", First="Lee,", Last="Ann")
    assert links(ann, odd, deal).link(deal, CONTACT_OF).subject == odd.subject
    twice = item("Deal", "d", Contact="Lee, Ann, PhD")
    assert links(ann, twice).link(twice, CONTACT_OF).state == "missing"


def test_a_name_that_fits_several_is_settled_within_another_link() -> None:
    """The contact of that name at the deal's own company is meant."""
    here = item("Contact", "c1", First="Ann", Last="Lee", Company_ID="7")
    there = item("Contact", "c2", First="Ann", Last="Lee", Company_ID="8")
    deal = item("Deal", "d", Contact="Ann Lee", Company="Beta")
    assert links(ACME, BETA, here, there, deal).link(deal, CONTACT_OF).subject == there.subject


def test_the_company_of_a_deal_is_settled_by_its_contact() -> None:
    """Two companies of one name are told apart by where the named contact works."""
    other = item("Company", "9", ID="9", Name="Acme")
    ann = item("Contact", "c", First="Ann", Last="Lee", Company_ID="9")
    deal = item("Deal", "d", Contact="Ann Lee", Company="Acme")
    assert links(ACME, other, ann, deal).link(deal, COMPANY_OF).subject == other.subject


def test_what_nobody_can_tell_is_ambiguous() -> None:
    """Candidates without anything that speaks for one are named, and none is taken."""
    here = item("Contact", "c1", First="Ann", Last="Lee", Company_ID="7")
    there = item("Contact", "c2", First="Ann", Last="Lee", Company_ID="8")
    deal = item("Deal", "d", Contact="Ann Lee")
    found = links(ACME, BETA, here, there, deal).link(deal, CONTACT_OF)
    assert (found.state, found.candidates) == ("ambiguous", (here.subject, there.subject))


def test_the_living_go_before_the_vanished() -> None:
    """A name of one living and one vanished record means the living; alone, the vanished is followed and named so."""
    old = item("Company", "6", ID="6", Name="Acme", vanished=True)
    ann = item("Contact", "c", Company="Acme")
    assert links(old, ACME, ann).link(ann, BY_ID).subject == ACME.subject
    found = links(old, ann).link(ann, BY_ID)
    assert (found.subject, found.how) == (old.subject, "vanished")


def test_survivors_are_followed() -> None:
    """A link to a twin leads to its survivor, by id, by name, and by a person's answer."""
    survivors = {BETA.subject: ACME.subject}
    for record in (
        item("Contact", "c", Company_ID="8"),
        item("Contact", "c", Company="Beta"),
        item("Contact", "c", Company="Nobody"),
    ):
        index = links(ACME, BETA, record, survivors=survivors, answers={"c.company": "link:8"})
        assert index.link(record, BY_ID).subject == ACME.subject


def test_twins_of_one_survivor_are_not_ambiguous() -> None:
    """Two records of one name that became one are one candidate."""
    twin = item("Company", "9", ID="9", Name="Acme")
    ann = item("Contact", "c", Company="Acme")
    index = links(ACME, twin, ann, survivors={twin.subject: ACME.subject})
    assert index.link(ann, BY_ID).subject == ACME.subject


def test_an_answer_wins() -> None:
    """What a person chose is followed whatever the columns say; an answer to a record that is gone is not."""
    ann = item("Contact", "c", Company="Acme")
    assert links(ACME, BETA, ann, answers={"c.company": "link:8"}).link(ann, BY_ID).how == "answer"
    assert links(ACME, BETA, ann, answers={"c.company": "link:8"}).link(ann, BY_ID).subject == BETA.subject
    assert links(ACME, ann, answers={"c.company": "link:8"}).link(ann, BY_ID).subject == ACME.subject


def test_a_ring_of_links_ends() -> None:
    """Records that name each other in a ring resolve, each once, in any order."""
    ring = ObjectSchema(
        name="Node",
        label="Nodes",
        title=("Name",),
        fields=(Field(key="Name", label="Name", kind="text"),),
        links=(
            Link(name="next", to=("Node",), name_field="Next", within="back"),
            Link(name="back", to=("Node",), name_field="Back", within="next"),
        ),
    )
    schema = Schema(system="ring", objects=(ring,))
    nodes = [item("Node", str(n), n, Name="same", Next="same", Back="same") for n in range(5)]
    for seed in range(5):
        order = random.Random(seed).sample(nodes, len(nodes))
        index = links(*nodes, schema=schema)
        assert {index.link(node, link).state for node in order for link in ring.links} <= {"ambiguous", "found"}


def test_a_type_column_chooses_the_object() -> None:
    """Where a column says which object is named, records of other objects with that name do not count."""
    note = ObjectSchema(
        name="Note",
        label="Notes",
        fields=(),
        links=(Link(name="parent", to=("Company", "Contact"), name_field="On", type_field="Kind"),),
    )
    schema = Schema(system="acme", objects=(COMPANY, CONTACT, note))
    person = item("Contact", "c", Last="Acme")
    for kind, subject in (("company", ACME.subject), ("CONTACT", person.subject), ("Boat", None), ("", None)):
        about = item("Note", "n", On="Acme", Kind=kind)
        assert links(ACME, person, about, schema=schema).link(about, note.links[0]).subject == subject
