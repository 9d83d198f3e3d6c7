"""The lists of matching fit each other, and a header is read as they say."""

import msgspec
import pytest

from engine.matching.columns import ADDRESS_PARTS
from engine.matching.concepts import concepts
from engine.matching.data import table
from engine.matching.document import DocumentError, answer
from engine.matching.match import Proposal
from engine.matching.profile import profile
from engine.matching.reading import forms, read
from tests.matching.scored import documents


def test_packs_name_concepts_that_exist() -> None:
    """What a system's own field is called leads to a concept of the list."""
    named = {(s, c) for s, things in table("packs").items() for fields in things.values() for c in fields}
    known = {*concepts(), *(f"{head} {part}" for head in ("main", "other") for part in ADDRESS_PARTS)}
    assert {(s, c) for s, c in named if c not in known} == set()


def test_a_concept_leads_only_to_places_that_can_be() -> None:
    """Where a concept may go instead is a concept, or a place that some destination has."""
    places = {*table("places")["any"].values(), *table("places")["parts"].values(), "subject"}
    assert {to for c in concepts().values() for to in c.to} <= {*concepts(), *places}


def test_kinds_of_list_are_read_by_lists_that_exist() -> None:
    """Every kind of value list names lists of meanings."""
    values = table("values")
    assert {name for line in values["kinds"].values() for name in line.split()} <= set(values) - {"kinds"}


def test_no_form_has_two_meanings() -> None:
    """A form stands under one word alone."""
    seen: dict[str, str] = {}
    for word, line in table("words").items():
        for form in line.split("|"):
            assert seen.setdefault(form, word) == word, form
    assert len(forms()) > 2000


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("i360__Cell_Phone__c", ("mobile",)),
        ("Kd-Nr.", ("customer number",)),
        ("Date de création", ("created",)),
        ("emails.1.email", ("email", "second")),
        ("address1_city", ("address", "city")),
        ("numberofemployees", ("employees",)),
        ("USt-IdNr.", ("vat number",)),
        ("Raison de la perte", ("lost reason",)),
        ("Größe in Zollstock", ("grosse", "zollstock")),
    ],
)
def test_a_header_is_read_in_controlled_words(header: str, words: tuple[str, ...]) -> None:
    """Namespaces, capitals, glued words, accents and languages are undone; what nobody knows stays."""
    assert read(header) == words


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (["", " ", "null"], "blank"),
        (["ann@acme.test", "bob@acme.test"], "email"),
        (["+49 89 512238", "(303) 555-0166"], "phone"),
        (["03.06.2022", "29.05.2021 10:00"], "datetime"),
        (["ja", "nein"], "boolean"),
        (["0", "7", "1"], "integer"),
        (["€ 12,50", "12.50"], "money"),
        (["Herr", "Frau"], "salutation"),
        (["0015e00000AbCdEAAV", "0015e00000XyZwEAAV"], "id"),
        (["PR-88120", "PR-88124"], "code"),
    ],
)
def test_a_column_is_known_by_its_values(samples: list[str], kind: str) -> None:
    """What nearly all values look like is what the column holds."""
    assert profile(samples).kind == kind


def test_a_document_that_is_none_is_refused() -> None:
    """What is not JSON, or not a schema pair, is named."""
    for text in (b"{", b"[]", b'{"fields": []}', b'{"task": "value_map"}'):
        with pytest.raises(DocumentError, match="not a schema pair"):
            answer(text)


def test_a_proposal_is_plain_data() -> None:
    """Target, confidence, reason, transform: what `map match` prints."""
    assert Proposal.__struct_fields__ == ("target", "confidence", "reason", "transform")


def test_a_proposal_says_what_the_value_goes_through() -> None:
    """A list goes through a value map, people are matched, records are looked up; a text is a text."""
    held = {d["id"]: d for d in documents("held")}
    said = answer(msgspec.json.encode(held["excel_trattative_it__pd_deal"]))
    transforms = {name: ranked[0]["transform"] for name, ranked in said.items()}
    assert [transforms[f] for f in ("Fase", "Responsabile", "Azienda", "Note")] == ["values", "owner", "link", ""]


def test_samples_need_not_be_texts() -> None:
    """Numbers, truths, lists and nothing are read as a file would have them; options may be objects."""
    there = {"key": "done", "label": "Done", "type": "boolean", "options": [{"label": "yes"}, "no"], "custom": None}
    fields = [{"name": "Completed", "samples": [True, False, None]}, {"name": "Tags", "samples": [["vip"], [], 7]}]
    pair = {"source_object": "Tasks", "destination": {"object": "activity", "fields": [there]}, "fields": fields}
    said = answer(msgspec.json.encode(pair | {"source_system": "", "fields": [*fields, {"name": "Bare"}]}))
    assert said["Completed"][0]["target"] == "done"
    assert set(said) == {"Completed", "Tags", "Bare"}
