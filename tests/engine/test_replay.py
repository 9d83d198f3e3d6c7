"""Replay: the same history gives the same wants, and every record ends as a want or as something explained."""

import ast
from pathlib import Path

import msgspec
import pytest

from engine import replay as replaying
from engine.changes import Differ
from engine.history import History, Item
from engine.replay import Replayed, replay
from engine.want import Want
from tests.engine.shapes import DESTINATION, MAPPING, history, item
from tests.engine.world import ANSWERS, World

ENGINE = Path(replaying.__file__).parent
PURE = (
    "replay", "record", "transform", "resolve", "links", "changes", "undo", "binding", "configuration", "mapping",
    "findings", "want", "sample", "propose", "preset", "presets/__init__", "presets/smart_crm_online",
    "presets/results", "orphans", "words", "stages", "order", "index", "caps", "limits",
    "attachments", "markup", "gates", "rebind",
)  # fmt: skip

ACME = item("Company", "7", 0, ID="7", Name="Acme", Website="acme.example")
ANN = item(
    "Contact", "contact:1", 0, First="Ann", Last="Lee", Email="ann@acme.example", Company="Acme", Owner="Maya Ortiz"
)
BIG = item("Deal", "deal:1", 0, Name="Big", Company="Acme", Contact="Ann Lee", Stage=" new ", Closes="2024-07-01")


def want(found: Replayed, record: Item) -> Want:
    """The want of a record."""
    return found.wants[record.subject]


@pytest.mark.parametrize("name", PURE)
@pytest.mark.promise("F-185")
def test_pure_modules_know_no_clock_no_dice_no_network(name: str) -> None:
    """What decides the writes imports nothing that could answer differently on another day or another machine."""
    tree = ast.parse((ENGINE / f"{name}.py").read_text(encoding="utf-8"))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    banned = {"time", "random", "secrets", "uuid", "os", "socket", "httpx", "asyncio", "sqlalchemy", "threading"}
    assert not {m.split(".")[0] for m in imported} & banned
    calls = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not {c for c in calls if c.split(".")[-1] in ("now", "today", "utcnow", "id", "hash") and "." in c} - {
        "self.hash", "differ.hash", "self.journal.log.vault.hash"
    }  # fmt: skip


@pytest.mark.promise("F-185")
def test_the_same_history_gives_the_same_wants_anywhere() -> None:
    """Another store, another day, other event ids: the same events and map ask for the same writes, byte for byte."""
    worlds = [World(start=1_780_000_000_000_000), World(start=1_999_000_000_000_000)]
    encoded = []
    for world in worlds:
        world.map()
        world.answer()
        encoded.append(repr(world.migration.replayed()[1]))
        world.close()
    assert encoded[0] == encoded[1]


@pytest.mark.promise("F-185")
def test_replaying_twice_changes_nothing() -> None:
    """Replay leaves its history as it found it, so a second replay gives equal results."""
    world = World()
    world.map()
    past = world.migration.history()
    before = repr(past.items)
    first, second = replay(past), replay(past)
    assert first == second
    assert repr(past.items) == before
    world.close()


@pytest.mark.promise("F-185")
def test_replay_does_not_depend_on_the_order_of_dictionaries() -> None:
    """The order in which objects, columns, answers and policies happen to be listed decides nothing."""
    world = World()
    world.map()
    world.answer()
    past = world.migration.history()
    turned = msgspec.structs.replace(
        past,
        items={
            name: {
                k: msgspec.structs.replace(i, values=dict(reversed((i.values or {}).items()))) for k, i in items.items()
            }
            for name, items in reversed(past.items.items())
        },
        answers=dict(reversed(past.answers.items())),
        policies=dict(reversed(past.policies.items())),
    )
    one, two = replay(past), replay(turned)
    assert one.wants == two.wants
    assert one.settled == two.settled
    assert one.configuration == two.configuration
    assert set(one.drafts) == set(two.drafts)
    world.close()


def test_every_record_is_wanted_or_explained() -> None:
    """No record of the export falls between: each is a want, or has a verdict that names a reason."""
    world = World()
    world.map()
    past, found = world.migration.replayed()
    for record in (i for items in past.items.values() for i in items.values()):
        assert (record.subject in found.wants) != (record.subject in found.settled)
    for verdict in found.settled.values():
        assert verdict.reason
        assert verdict.disposition in ("held", "skipped")
        assert verdict.disposition != "held" or verdict.review in found.drafts
    world.close()


def test_a_record_becomes_what_the_map_says() -> None:
    """Fields, links, owner, stage and the constants of the map meet in one want, caused by the extraction."""
    found = replay(history(ACME, ANN, BIG))
    assert want(found, ANN).fields == {
        "org_id": {"$ref": ["organization", "Company", "7"]},
        "first_name": "Ann",
        "last_name": "Lee",
        "emails": [{"value": "ann@acme.example", "label": "work", "primary": True}],
        "owner_id": "1",
    }
    deal = want(found, BIG)
    assert deal.cause == BIG.position
    assert deal.fields["stage_id"] == {"$ref": ["stage", "Stage", "Acme/New"]}
    assert deal.fields["person_id"] == {"$ref": ["person", "Contact", "contact:1"]}


@pytest.mark.promise("F-054")
def test_a_value_without_a_pair_stops_its_record() -> None:
    """An unknown stage holds the deal with the value in the question, and an answer lets it go on."""
    odd = item("Deal", "deal:1", Name="Big", Company="Acme", Stage="Limbo")
    found = replay(history(ACME, ANN, odd))
    verdict = found.settled[odd.subject]
    assert verdict.disposition == "held"
    draft = found.drafts[verdict.review]
    assert "'Limbo'" in draft.question
    assert draft.choices == ("as:New", "as:Won", "stage:Limbo")
    for choice, stage in (("as:Won", "Acme/New"), ("stage:Limbo", "Acme/Limbo")):
        fields = want(replay(history(ACME, ANN, odd, answers={draft.id: choice})), odd).fields
        assert fields["stage_id"] == {"$ref": ["stage", "Stage", stage]}
        assert fields.get("status") == ("won" if choice == "as:Won" else None)


@pytest.mark.promise("F-054")
def test_values_travel_through_their_pairs() -> None:
    """Case and blanks do not matter; a pair may say several fields, and a status brings the fields under `when`."""
    won = item("Deal", "deal:1", Name="Big", Company="Acme", Stage=" WON ", Closes="2024-07-01")
    fields = want(replay(history(ACME, won)), won).fields
    assert (fields["status"], fields["won_time"]) == ("won", "2024-07-01T04:00:00Z")


def test_an_empty_value_is_told() -> None:
    """A deal without a stage goes where the account puts it, which people are told."""
    bare = item("Deal", "deal:1", Name="Big", Company="Acme", Stage=" ")
    found = replay(history(ACME, bare))
    assert "stage_id" not in want(found, bare).fields
    assert [(f.code, f.key) for f in found.findings] == [("empty-value", "deal:1")]


@pytest.mark.promise("F-095")
def test_the_pipeline_and_its_stages_come_before_the_deals() -> None:
    """Configuration names the pipeline first, then each stage, one more for each stage that people answered."""
    found = replay(history(ACME, ANN, BIG, answers={"value-1": "stage:Limbo"}))
    names = [w.part.key for w in found.configuration if w.part.entity in ("pipeline", "stage")]
    assert names == ["Acme", "Acme/New", "Acme/Limbo"]


def test_an_owner_without_a_user_waits_and_shuts_the_gate() -> None:
    """A name that no active user bears alone holds the record and the deals, until somebody says who takes it."""
    for name in ("Nobody", "Tom Becker", "Gone Girl", ""):
        ann = item("Contact", "contact:1", First="Ann", Last="Lee", Owner=name)
        found = replay(history(ann))
        verdict = found.settled[ann.subject]
        assert verdict.disposition == "held"
        assert found.gates == {"deal": (verdict.review,)}
        answered = replay(history(ann, answers={verdict.review: "user:tom@acme.example"}))
        assert want(answered, ann).fields["owner_id"] == "2"
        assert answered.gates == {}
        migrated = replay(history(ann, answers={verdict.review: "migration-user"}))
        assert "owner_id" not in want(migrated, ann).fields
        gone = replay(history(ann, answers={verdict.review: "user:left@acme.example"}))
        assert gone.settled[ann.subject].disposition == "held"


def test_twins_become_one_when_a_person_says_so() -> None:
    """Two companies of one domain are asked about; merged, the second is skipped and links lead to the first."""
    twin = item("Company", "8", 1, ID="8", Name="Acme Inc", Website="https://www.ACME.example/about")
    bob = item("Contact", "contact:2", 1, First="Bob", Last="Ray", Company_ID="8", Owner="Maya Ortiz")
    asked = replay(history(ACME, twin, bob))
    (draft,) = [d for d in asked.drafts.values() if d.kind == "duplicate"]
    assert asked.settled[twin.subject].disposition == "held"
    merged = replay(history(ACME, twin, bob, answers={draft.id: "merge"}))
    assert merged.settled[twin.subject].survivor == "Company/7"
    assert want(merged, bob).fields["org_id"] == {"$ref": ["organization", "Company", "7"]}
    kept = replay(history(ACME, twin, bob, answers={draft.id: "keep"}))
    assert want(kept, bob).fields["org_id"] == {"$ref": ["organization", "Company", "8"]}
    by_policy = replay(history(ACME, twin, bob, duplicates="merge"))
    assert by_policy.settled == merged.settled


@pytest.mark.parametrize("site", ["gmail.com", "https://www.facebook.com/acme", "linkedin.com/company/acme", "n/a", ""])
def test_shared_hosts_make_no_twins(site: str) -> None:
    """Companies that share a mail provider or a social network are not the same company."""
    two = [item("Company", str(n), n, ID=str(n), Name=f"C{n}", Website=site) for n in (1, 2)]
    assert replay(history(*two)).drafts == {}


def test_an_orphan_waits_and_is_never_hung_elsewhere() -> None:
    """A deal whose company and contact do not exist is held; people skip it or let it go alone."""
    lone = item("Deal", "deal:1", Name="Big", Company="Gone", Contact="Nobody", Stage="New")
    found = replay(history(lone))
    verdict = found.settled[lone.subject]
    draft = found.drafts[verdict.review]
    assert draft.kind == "orphan"
    assert "company 'Gone'" in draft.question
    assert replay(history(lone, answers={draft.id: "skip"})).settled[lone.subject].disposition == "skipped"
    alone = want(replay(history(lone, answers={draft.id: "unlinked"})), lone).fields
    assert not {"org_id", "person_id"} & alone.keys()


def test_what_hangs_on_a_held_record_waits_with_it() -> None:
    """A deal of a contact that waits is held by the same question."""
    ann = msgspec.structs.replace(ANN, values=(ANN.values or {}) | {"Owner": "Nobody"})
    found = replay(history(ACME, ann, BIG))
    assert found.settled[BIG.subject].review == found.settled[ann.subject].review


def test_an_erased_person_asks_for_nothing() -> None:
    """A record whose key was destroyed is skipped, and nothing is said about it."""
    gone = msgspec.structs.replace(ANN, values=None)
    found = replay(history(ACME, gone))
    assert found.settled[gone.subject].reason == "the person was erased"
    assert "Ann" not in repr(found)


@pytest.mark.parametrize(
    ("policy", "answer", "outcome"),
    [("propose", "", "asked"), ("propose", "keep", "kept"), ("propose", "delete", "skipped"), ("ignore", "", "kept"),
     ("propagate", "", "skipped"), ("propagate", "keep", "kept")],
)  # fmt: skip
def test_a_vanished_record_stays_unless_somebody_lets_it_go(policy: str, answer: str, outcome: str) -> None:
    """Missing from an export is a proposal: it stays written until a person, or the policy, says delete."""
    gone = item("Company", "7", ID="7", Name="Acme", vanished=True)
    (id,) = replay(history(gone)).drafts
    found = replay(history(gone, answers={id: answer} if answer else {}, deletions=policy))
    assert (gone.subject in found.wants) == (outcome != "skipped")
    assert bool(found.drafts) == (outcome == "asked")


def test_a_value_that_is_too_long_is_held_whole() -> None:
    """Nothing is cut: the record waits, and the question says how long the value may be."""
    long = item("Company", "7", ID="7", Name="x" * 41)
    found = replay(history(long))
    (draft,) = found.drafts.values()
    assert "40 characters" in draft.question
    assert found.settled[long.subject].disposition == "held"


def test_owners_are_known_by_mail_or_by_a_name_of_their_own() -> None:
    """An e-mail names its user in any case; a name that two users bear names nobody."""
    for text, id in (("TOM@acme.example", "2"), ("maya  ortiz", "1"), ("other.tom@acme.example", "3")):
        ann = item("Contact", "contact:1", First="Ann", Last="Lee", Owner=text)
        assert want(replay(history(ann)), ann).fields["owner_id"] == id


def test_a_delta_is_the_difference_of_two_replays(world_after_run: tuple[History, Replayed, Differ]) -> None:
    """After the run nothing differs from what was written; the same record with other content differs in just that."""
    past, found, differ = world_after_run
    assert [c for w in found.wants.values() if (c := differ.change(w))] == []
    subject = next(s for s in found.wants if s[0] == "Company")
    old = past.items["Company"][subject[1]]
    new = msgspec.structs.replace(old, values=(old.values or {}) | {"Employees": "4711"})
    items = past.items | {"Company": past.items["Company"] | {subject[1]: new}}
    again = replay(msgspec.structs.replace(past, items=items))
    changes = {w.part: c for w in again.wants.values() if (c := differ.change(w))}
    assert {p.key: c.fields for p, c in changes.items()} == {subject[1]: {"employee_count": 4711}}


def test_answers_of_the_recorded_migration_are_enough() -> None:
    """The small bundle's questions are the four kinds that the recorded answers settle, and nothing else blocks."""
    world = World(duplicates="merge")
    world.map()
    assert {q.kind for q in world.migration.reviews() if q.blocking} == set(ANSWERS)
    world.answer()
    assert not [q for q in world.migration.reviews() if q.blocking]
    world.close()


def test_shapes_agree_with_their_map() -> None:
    """The hand-made schemas and map fit each other, so that these tests test what they say."""
    assert set(MAPPING.object) == {"Company", "Contact", "Deal"}
    assert {m.to for m in MAPPING.object.values()} <= {o.name for o in DESTINATION.objects}
