"""Discovery of a source: the ways are tried in order; every finding is an event, and so is the decision."""

from collections.abc import Iterator

import pytest

from adapters.protocols import Flow, Probed, Schema, Step
from adapters.sources import UnreadableError
from engine.discover import NoWayError, Way, choose, decided, reading
from engine.events import MethodDecided, SourceProbed
from engine.journal import Journal
from ops.scope import scope
from tests.engine.test_feed import Api, firm, person
from tests.engine.world import journal_at, view_of


class Thin(Api):
    """An API that gives firms, and answers 404 for people."""

    def probe(self) -> Flow[Probed]:
        """Two steps."""
        yield from ()
        return Probed(
            method="api",
            usable=True,
            steps=(
                Step(asked="GET /firms", found="12 records", serves=True, object="Firm"),
                Step(asked="GET /people", found="404: there is no such path", serves=False, object="Person"),
            ),
            objects=("Firm",),
            facts={"date": "1970-01-01T00:01:40Z", "paging": {"Firm": "unknown"}},
            risks=("How firms are paged is unknown: there may be more than were read.",),
        )


class Closed(Api):
    """An API that answers a login page."""

    def probe(self) -> Flow[Probed]:
        """One step."""
        yield from ()
        step = Step(asked="GET /firms", found="a login page: not authenticated", serves=False)
        return Probed(method="api", usable=False, steps=(step,))


class Broken(Api):
    """An export that cannot be read."""

    def schema(self) -> Flow[Schema]:
        """Nothing."""
        yield from ()
        raise UnreadableError("firms.csv, line 7: the file was cut short; export it again.")


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = journal_at()
    yield made
    made.log._engine.dispose()


def bodies(journal: Journal) -> tuple[list[SourceProbed], list[MethodDecided]]:
    """What was found and decided."""
    return [b for _, b in journal.bodies(SourceProbed)], [b for _, b in journal.bodies(MethodDecided)]


EXPORT = Way(method="bundle", source=Api(Firm=[firm(1)], Person=[person(1)]))


@pytest.mark.promise("F-007")
def test_the_method_of_each_object_is_decided_with_its_reason(journal: Journal) -> None:
    """An object that answers 404 is not read by the API, and the reason is its own."""
    ways = choose(journal, view_of(journal), [Way(method="api", source=Thin()), EXPORT])
    assert [way.method for way in ways] == ["api", "bundle"]
    found, (decision,) = bodies(journal)
    assert [(p.method, p.usable) for p in found] == [("api", True), ("bundle", True)]
    assert decision.methods == {"Firm": "api", "Person": "bundle"}
    assert decision.reasons["Person"] == "404: there is no such path; bundle gives it"
    assert [way.method for way in decided(view_of(journal), ways)] == ["api", "bundle"]


def test_what_no_way_gives_is_said(journal: Journal) -> None:
    """An object that nothing gives is in the decision, with the reason."""
    choose(journal, view_of(journal), [Way(method="api", source=Thin())])
    _, (decision,) = bodies(journal)
    assert (decision.methods["Person"], decision.reasons["Person"]) == ("none", "404: there is no such path")


def test_where_the_api_does_not_serve_the_export_is_read(journal: Journal) -> None:
    """A login page is no API; what was found there is the reason for the export."""
    assert choose(journal, view_of(journal), [Way(method="api", source=Closed()), EXPORT]) == [EXPORT]
    _, (decision,) = bodies(journal)
    assert set(decision.methods.values()) == {"bundle"}
    assert decision.reasons["Firm"] == "api does not serve (a login page: not authenticated); bundle gives it"


def test_a_way_that_cannot_be_tried_is_a_finding(journal: Journal) -> None:
    """A missing token ends nothing."""
    ways = [Way(method="api", problem="the token is missing: set CUTOVER_SOURCE_TOKEN"), EXPORT]
    assert choose(journal, view_of(journal), ways) == [EXPORT]
    assert bodies(journal)[0][0].steps[0]["found"] == "the token is missing: set CUTOVER_SOURCE_TOKEN"


def test_no_way_at_all_says_what_was_found_in_each(journal: Journal) -> None:
    """People read why, way by way; a single broken export says its own words."""
    broken = Way(method="bundle", source=Broken())
    with pytest.raises(NoWayError, match=r"api: a login page.*bundle: firms.csv, line 7"):
        choose(journal, view_of(journal), [Way(method="api", source=Closed()), broken])
    with pytest.raises(UnreadableError, match="line 7"):
        choose(journal, view_of(journal), [broken])


def test_a_second_look_that_finds_the_same_adds_no_event(journal: Journal) -> None:
    """Findings are recorded where they are news."""
    choose(journal, view_of(journal), [EXPORT])
    head = journal.log.head().position
    choose(journal, view_of(journal), [EXPORT])
    assert journal.log.head().position == head


@pytest.mark.promise("F-009")
def test_risks_and_the_clock_are_recorded(journal: Journal) -> None:
    """Unknown paging is a risk; the difference of the clocks is told in seconds."""
    choose(journal, view_of(journal), [Way(method="api", source=Thin())])
    ((probed,), _) = bodies(journal)
    assert probed.risks == ["How firms are paged is unknown: there may be more than were read."]
    assert probed.skew_seconds == 100.0 - journal.now() // 1_000_000 or isinstance(probed.skew_seconds, float)


def test_a_delta_goes_the_way_that_was_decided_on(journal: Journal) -> None:
    """Not another one, though it were better; when it is gone, discovery decides anew."""
    choose(journal, view_of(journal), [Way(method="api", source=Closed()), EXPORT])
    assert decided(view_of(journal), [Way(method="api", source=Thin()), EXPORT]) == [EXPORT]
    with pytest.raises(NoWayError, match="cutover discover"):
        decided(view_of(journal), [Way(method="api", source=Thin())])


@pytest.mark.promise("F-007")
@pytest.mark.promise("F-009")
def test_the_scope_says_how_each_object_is_read_and_what_may_be_missing(journal: Journal) -> None:
    """Methods, reasons and risks are in the document, from the log alone."""
    choose(journal, view_of(journal), [Way(method="api", source=Thin()), EXPORT])
    nothing = Schema(system="thin", objects=())
    text = scope(nothing, nothing, (), (), (), reading(journal, view_of(journal)), ("Is there an API?",))
    assert "## Ask first\n\n- Is there an API?\n" in text
    assert "| Person | bundle | 404: there is no such path; bundle gives it |" in text
    assert "- How firms are paged is unknown: there may be more than were read." in text
    assert "| GET /people | 404: there is no such path |" in text
