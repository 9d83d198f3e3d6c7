"""What a person decides of single records: whether they move at all, what an orphan hangs on, which column stands."""

from typing import Any

import msgspec
import pytest

from adapters.protocols import Field, ObjectSchema
from engine import mapping
from engine.history import Item
from engine.mapping import Ask, Mapping, Rule, check
from engine.orphans import PLACEHOLDER
from engine.replay import Replayed, replay
from engine.reviews import _fits
from engine.view import Part
from tests.engine.shapes import COMPANY, DEAL_THERE, DESTINATION, MAPPING, SOURCE, history, item

JOB = ObjectSchema(
    name=COMPANY.name,
    label=COMPANY.label,
    identity=COMPANY.identity,
    title=COMPANY.title,
    count=1,
    fields=(*COMPANY.fields, Field(key="Kind", label="Kind", kind="enum"), Field(key="Of", label="Of", kind="text")),
)
ASKING = Ask(what="is a job", values=("job",), say="Kind", into="Of")
ACME = item("Company", "7", 0, ID="7", Name="Acme")
WORK = item("Company", "8", 1, ID="8", Name="Acme: Roof", Kind="Job", Of="7")
ANN = item("Contact", "contact:1", 0, First="Ann", Last="Lee", Company_ID="7", Owner="Maya Ortiz")


def deal(**values: str) -> Item:
    """A deal."""
    return item("Deal", "deal:1", 0, Name="Big", Stage="New", **values)


def with_map(name: str, **changes: Any) -> Mapping:
    """The map with other words about one object."""
    changed = msgspec.structs.replace(MAPPING.object[name], **changes)
    return msgspec.structs.replace(MAPPING, object=MAPPING.object | {name: changed})


def played(mapping: Mapping, *items: Item, answer: str = "", **more: Any) -> Replayed:
    """A replay, and once more with the one question of the wanted kind answered."""
    found = replay(history(*items, mapping=mapping, **more))
    if not answer:
        return found
    (id,) = (d.id for d in found.drafts.values() if d.kind in ("treatment", "orphan"))
    return replay(history(*items, mapping=mapping, answers={id: answer}, **more))


# --- records that only a person's word moves ----------------------------------------------------------------------


def asking(*items: Item, answer: str = "") -> Replayed:
    """Companies of which jobs are asked about."""
    rules = MAPPING.object["Company"].fields | {"Kind": Rule(exclude="-"), "Of": Rule(exclude="-")}
    source = msgspec.structs.replace(SOURCE, objects=(JOB, *SOURCE.objects[1:]))
    return played(with_map("Company", ask={"Kind": ASKING}, fields=rules), *items, answer=answer, source=source)


def test_a_record_that_is_asked_about_waits_and_so_does_what_hangs_on_it() -> None:
    """Held by the question, which quotes the field and offers the record that it may become part of."""
    found = asking(ACME, WORK, deal(Company="Acme: Roof"))
    (draft,) = found.drafts.values()
    assert (draft.kind, draft.choices, draft.proposed) == ("treatment", ("keep", "skip", "merge"), "merge")
    assert "is a job: Job" in draft.question
    assert "7 (Acme)" in draft.question
    assert {s: v.review for s, v in found.settled.items()} == {WORK.subject: draft.id, ("Deal", "deal:1"): draft.id}


def test_merged_by_a_person_it_hands_over_what_hangs_on_it() -> None:
    """Its deal goes to the record that it became part of."""
    found = asking(ACME, WORK, deal(Company="Acme: Roof"), answer="merge")
    assert found.settled[WORK.subject].survivor == "Company/7"
    assert found.wants["Deal", "deal:1"].fields["org_id"] == {"$ref": ["organization", "Company", "7"]}


@pytest.mark.parametrize(("answer", "moved"), [("keep", True), ("skip", False)])
def test_kept_it_is_a_record_of_its_own(answer: str, moved: bool) -> None:
    """Skipped it is counted, with the question by which it was."""
    found = asking(ACME, WORK, answer=answer)
    assert (WORK.subject in found.wants) is moved
    if not moved:
        assert found.settled[WORK.subject].disposition == "skipped"
        assert found.settled[WORK.subject].review


def test_a_record_that_names_none_of_its_kind_cannot_be_merged() -> None:
    """What it names is not there, or nothing is named."""
    found = asking(msgspec.structs.replace(WORK, values={**(WORK.values or {}), "Of": "99"}))
    (draft,) = found.drafts.values()
    assert (draft.choices, draft.proposed) == (("keep", "skip"), "skip")


def test_other_records_are_not_asked_about() -> None:
    """An empty field, another value, or a record that is gone."""
    others = [item("Company", str(n), n, ID=str(n), Name=f"C{n}", Kind=kind) for n, kind in enumerate(("", "firm"))]
    assert not asking(*others, msgspec.structs.replace(WORK, vanished=True, told=True)).drafts


def test_a_question_about_fields_that_there_are_not_is_refused() -> None:
    """The map names the field that the source has not."""
    problems = check(with_map("Company", ask={"Kind": ASKING}), SOURCE, DESTINATION)
    assert [p for p in problems if "Company.ask.Kind: the source has no field 'Of'" in p]


# --- orphans ------------------------------------------------------------------------------------------------------


def orphan(*items: Item, answer: str = "") -> Replayed:
    """Deals that need a company."""
    return played(with_map("Deal", needs=("company",)), *items, answer=answer)


def test_the_company_of_the_deals_contact_is_proposed() -> None:
    """The other ways are offered beside it, and nothing is hung anywhere by itself."""
    found = orphan(ACME, ANN, deal(Contact="Ann Lee"))
    (draft,) = found.drafts.values()
    assert draft.choices == ("link:7", "link:*", "placeholder", "skip", "unlinked")
    assert draft.proposed == "link:7"
    assert found.settled["Deal", "deal:1"].disposition == "held"


@pytest.mark.parametrize("answer", ["link:7", "unlinked", "placeholder", "skip"])
def test_an_orphan_is_settled_by_each_answer(answer: str) -> None:
    """A named company, none, one placeholder for all, or it stays behind."""
    found = orphan(ACME, deal(Company="Nobody"), answer=answer)
    fields = found.wants["Deal", "deal:1"].fields if answer != "skip" else {}
    there = {"link:7": ["organization", "Company", "7"], "placeholder": ["organization", PLACEHOLDER, "Company"]}
    assert fields.get("org_id") == ({"$ref": there[answer]} if answer in there else None)
    assert not found.drafts
    assert [w.part for w in found.further] == (
        [Part("organization", PLACEHOLDER, "Company")] if answer == "placeholder" else []
    )


def test_one_placeholder_serves_all() -> None:
    """Two orphans hang on one record, which is made once."""
    more = msgspec.structs.replace(deal(), key="deal:2", number=1)
    asked = orphan(deal(), more)
    answers = dict.fromkeys(asked.drafts, "placeholder")
    found = replay(history(deal(), more, mapping=with_map("Deal", needs=("company",)), answers=answers))
    refs = [found.wants["Deal", key].fields["org_id"] for key in ("deal:1", "deal:2")]
    assert refs == [{"$ref": ["organization", PLACEHOLDER, "Company"]}] * 2
    assert len(found.further) == 1


def test_a_parent_that_there_is_not_leaves_the_question_open() -> None:
    """Nobody is told that it is done."""
    found = orphan(ACME, deal(), answer="link:99")
    assert [d.kind for d in found.drafts.values()] == ["orphan"]
    assert found.settled["Deal", "deal:1"].disposition == "held"


def test_what_the_destination_requires_is_asked_for_one_by_one() -> None:
    """A line without its product is not hung on another product: it waits, and may only be left out."""
    fields = tuple(msgspec.structs.replace(f, required=f.key == "person_id") for f in DEAL_THERE.fields)
    there = msgspec.structs.replace(DEAL_THERE, fields=fields)
    objects = tuple(there if o.name == "deal" else o for o in DESTINATION.objects)
    strict = msgspec.structs.replace(DESTINATION, objects=objects)
    found = replay(history(ACME, deal(Company="Acme", Contact="Nobody"), destination=strict))
    (draft,) = found.drafts.values()
    assert (draft.kind, draft.choices) == ("orphan", ("skip",))
    assert "contact 'Nobody'" in draft.question


def test_an_open_choice_takes_any_word_but_none() -> None:
    """The star in "link:*" stands for any key."""
    assert _fits("link:7", "link:*")
    assert not _fits("link:", "link:*")
    assert not _fits("link", "link:*")
    assert _fits("skip", "skip")


# --- two columns for one thing, two places for one column ----------------------------------------------------------


def two(first: str, second: str) -> Replayed:
    """A contact whose phone stands over its owner's column."""
    rules = MAPPING.object["Contact"].fields | {"Phone": Rule(to="phones", label="work", over="Company ID")}
    record = item("Contact", "contact:1", 0, Last="Lee", Phone=first, Company_ID=second, Owner="Maya Ortiz")
    return replay(history(record, mapping=with_map("Contact", fields=rules)))


@pytest.mark.parametrize(
    ("first", "second", "stands", "told"),
    [
        ("(212) 555-0100", "813 555 0177", "(212) 555-0100", True),
        ("(212) 555-0100", "212.555.0100", "(212) 555-0100", False),
        ("", "813 555 0177", "813 555 0177", False),
        ("(212) 555-0100", "", "(212) 555-0100", False),
    ],
)
def test_of_two_columns_the_map_says_which_stands(first: str, second: str, stands: str, told: bool) -> None:
    """A difference is told; spelling is none; an empty one gives way."""
    found = two(first, second)
    assert [p["value"] for p in found.wants["Contact", "contact:1"].fields["phones"]] == [stands]
    assert ("two-sources" in [f.code for f in found.findings]) is told


def test_a_value_may_go_to_a_custom_field_besides() -> None:
    """The field is made, and both hold it."""
    rules = MAPPING.object["Company"].fields | {"Employees": Rule(to="employee_count", also="Heads", kind="number")}
    changed = with_map("Company", fields=rules)
    found = replay(history(item("Company", "7", 0, ID="7", Name="Acme", Employees="12"), mapping=changed))
    fields = found.wants["Company", "7"].fields
    assert (fields["employee_count"], fields["new:organization/Heads"]) == (12, 12)
    assert Part("field", "Field", "organization/Heads") in [w.part for w in found.configuration]
    assert mapping.digest(changed) != mapping.digest(MAPPING)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(to="employee_count", also="Heads"), "needs a kind"),
        (Rule(to="employee_count", over="Nothing"), "no field 'Nothing' to stand over"),
        (Rule(to="employee_count", also="Cutover key", kind="number"), "carries the source key"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule: Rule, words: str) -> None:
    """In words that name the field."""
    changed = with_map("Company", fields=MAPPING.object["Company"].fields | {"Employees": rule})
    assert [p for p in check(changed, SOURCE, DESTINATION) if words in p and "Company.Employees" in p]
