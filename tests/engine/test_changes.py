"""Binding and differing: symbols become ids, and only what differs from what was written is sent."""

import msgspec

from adapters.protocols import Fields
from engine.binding import Binder
from engine.changes import Differ, missing_options
from engine.view import Linked, Part
from engine.want import Want
from tests.engine.shapes import DESTINATION

ANN = Part("person", "Contact", "contact:1")
ORG = Part("organization", "Company", "7")
FIELD = Part("field", "Field", "person/Source")


def link(id: str, *, whole_hash: str = "") -> Linked:
    """A live record that we made."""
    return Linked(id=id, alive=True, adopted=False, applied=5, intent=4, whole_hash=whole_hash, created=5)


def option(entity: str, field: str, label: str) -> Part:
    """What stands for an option."""
    return Part("option", "Option", f"{entity}/{field}/{label}")


def plain(data: bytes) -> str:
    """A hash that can be read."""
    return data.decode()


def test_symbols_become_ids_and_links_are_kept() -> None:
    """References, options and custom fields are bound, and every link used is named beside them."""
    links = {
        ORG: link("70"),
        FIELD: link("person/abc123"),
        option("person", "Source", "Fair"): link("31"),
        option("person", "Source", "Ads"): link("4"),
    }
    bound = Binder(links, DESTINATION).bind(
        {
            "first_name": "Ann",
            "org_id": {"$ref": ["organization", "Company", "7"]},
            "new:person/Source": {"$options": ["person", "Source", ["Fair", "Ads"]]},
        }
    )
    assert bound.fields == {"first_name": "Ann", "org_id": "70", "abc123": ["4", "31"]}
    assert bound.refs == {
        "organization/Company/7": "70",
        "field/Field/person/Source": "person/abc123",
        "option/Option/person/Source/Fair": "31",
        "option/Option/person/Source/Ads": "4",
    }
    assert bound.missing == ()


def test_what_has_no_id_is_named_and_left_out() -> None:
    """A field that names something unwritten is missing from the bound fields, and its part is told."""
    bound = Binder({}, DESTINATION).bind(
        {
            "first_name": "Ann",
            "org_id": {"$ref": ["organization", "Company", "7"]},
            "new:person/Source": {"$option": ["person", "Source", "Fair"]},
        }
    )
    assert bound.fields == {"first_name": "Ann"}
    assert bound.missing == (ORG, FIELD, option("person", "Source", "Fair"))


def test_options_that_the_account_has_are_taken() -> None:
    """A label of the account's own pick-list is bound to its id, in any case; one of ours goes before it."""
    symbols: Fields = {"label_ids": {"$options": ["organization", "label_ids", ["OLD"]]}}
    assert Binder({}, DESTINATION).bind(symbols).fields == {"label_ids": ["7"]}
    ours = {option("organization", "label_ids", "OLD"): link("9")}
    assert Binder(ours, DESTINATION).bind(symbols).fields == {"label_ids": ["9"]}


def differ(written: Fields, hash: str = "", *more: tuple[Part, Linked]) -> Differ:
    """A differ for an account to which Ann was written like this."""
    return Differ({ANN: link("5", whole_hash=hash), **dict(more)}, DESTINATION, lambda _link: written, plain)


def want(**fields: object) -> Want:
    """What is wanted of Ann."""
    return Want(part=ANN, fields=fields, cause=3)


def test_a_record_that_is_as_wanted_asks_for_nothing() -> None:
    """The hash of what was written settles it without reading the log; equal values settle it, too."""
    assert differ({}, plain(b'{"first_name":"Ann"}')).change(want(first_name="Ann")) is None
    assert differ({"first_name": "Ann"}).change(want(first_name="Ann")) is None


def test_a_record_that_is_not_there_is_made_whole() -> None:
    """A want without a link is a create with all its fields and the extraction as its cause."""
    change = Differ({}, DESTINATION, lambda _link: {}, plain).change(want(first_name="Ann"))
    assert change is not None
    assert (change.action, change.fields, change.cause, change.id) == ("create", {"first_name": "Ann"}, 3, "")


def test_only_what_differs_is_sent() -> None:
    """An update carries the changed fields; its whole is all of ours."""
    change = differ({"first_name": "An", "last_name": "Lee"}).change(want(first_name="Ann", last_name="Lee"))
    assert change is not None
    assert (change.action, change.id, change.fields) == ("update", "5", {"first_name": "Ann"})
    assert change.whole == {"first_name": "Ann", "last_name": "Lee"}


def test_a_field_that_is_no_longer_wanted_is_emptied() -> None:
    """What we wrote and want no more becomes None; what we never wrote is not touched."""
    change = differ({"first_name": "Ann", "last_name": "Lee"}).change(want(first_name="Ann"))
    assert change is not None
    assert change.fields == {"last_name": None}
    assert change.whole == {"first_name": "Ann"}


def test_nothing_is_emptied_while_something_is_missing() -> None:
    """A link whose record is not there yet is not taken for a link that is gone: the record waits."""
    change = differ({"org_id": "70"}).change(want(org_id={"$ref": ["organization", "Company", "7"]}))
    assert change is not None
    assert change.missing == (ORG,)
    assert change.fields == {}


def test_a_record_made_again_changes_those_that_point_at_it() -> None:
    """When a company has a new id, the contact's link differs though its want does not."""
    reference = {"$ref": ["organization", "Company", "7"]}
    change = differ({"org_id": "70"}, "", (ORG, link("71"))).change(want(org_id=reference))
    assert change is not None
    assert change.fields == {"org_id": "71"}


def test_a_delete_names_its_record() -> None:
    """A delete needs the id and nothing else."""
    change = differ({}).delete(ANN, link("5"))
    assert (change.action, change.id, change.fields) == ("delete", "5", {})


def test_lacking_options_are_named_by_pick_list() -> None:
    """Labels without an id are listed for the field that lacks them, old and new fields alike."""
    wants = [
        Want(part=Part("options", "Field", "organization/label_ids"),
             fields={"entity": "organization", "field": "label_ids", "labels": ["Old", "VIP"]}),
        Want(part=FIELD, fields={"entity": "person", "label": "Source", "kind": "enum", "options": ["Fair", "Ads"]}),
    ]  # fmt: skip
    links = {option("person", "Source", "Fair"): link("31")}
    assert missing_options(wants, Binder(links, DESTINATION)) == {wants[0].part: ["VIP"], FIELD: ["Ads"]}


def test_the_digest_does_not_depend_on_the_order_of_fields() -> None:
    """Equal fields have one digest however they are listed."""
    made = differ({})
    one = made.binder.bind({"a": 1, "b": {"x": 1, "y": 2}})
    two = made.binder.bind({"b": {"y": 2, "x": 1}, "a": 1})
    assert made.digest(one) == made.digest(two)
    assert made.digest(one) != made.digest(msgspec.structs.replace(two, fields={"a": 1}))
