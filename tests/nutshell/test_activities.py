"""Calls, meetings, e-mails, notes and tasks: their times, their words, who wrote them and what they hang on."""

from datetime import UTC, datetime

import pytest

from tests.nutshell.contents import Record
from tests.nutshell.story import Base

pytestmark = pytest.mark.xdist_group("nutshell")

HEAD = "--- Migrated data ---\n"


def block(text: str) -> dict[str, str]:
    """The labelled lines at the end of a text, the mark among them."""
    _, _, tail = text.partition(HEAD)
    return dict(line.replace(" = ", ": ", 1).split(": ", 1) for line in tail.splitlines())


def moment(seconds: int) -> str:
    """A time of REST, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lasts(activity: Record) -> int:
    """How long an activity takes, minutes."""
    return int(activity["endTime"] - activity["startTime"]) // 60


@pytest.mark.promise("F-138")
def test_activities_keep_their_times_and_order(base: Base) -> None:
    """Calls follow each other in the past as they did at the source, and are logged."""
    calls = [base.end.contents[f"Call/call:{n}"] for n in range(1, 10)]
    times = [moment(c["startTime"]) for c in calls]
    assert times == sorted(times)
    assert (times[0], times[-1]) == ("2025-02-10T14:15:00Z", "2025-02-18T14:15:00Z")
    assert all(c["isLogged"] and c["endTime"] < c["createdTime"] for c in calls)
    assert {c["links"]["activityType"] for c in calls} == {"Phone Call"}


def test_times_of_their_own_zones(base: Base) -> None:
    """An offset is followed, a twelve-hour clock with EST is ten to five the next day."""
    assert moment(base.end.contents["Call/call:10"]["startTime"]) == "2025-02-20T21:00:00Z"
    assert moment(base.end.contents["Call/call:11"]["startTime"]) == "2025-02-22T04:50:00Z"


def test_unusual_words_are_kept_in_labelled_lines(base: Base) -> None:
    """What Nutshell has no field for stands in lines under the comment, in the note of the log."""
    call = base.end.contents["Call/call:10"]
    kept = block(call["log"])
    assert (kept["Disposition"], kept["Direction"]) == ("LVM??", "OUT")
    assert call["log"].startswith('asked for "final" price\n')
    assert block(base.end.contents["Call/call:1"]["log"])["Duration"] == "4m 35s"


@pytest.mark.promise("F-130")
def test_activities_link_to_all_they_name(base: Base) -> None:
    """A call that names a person, a company and a deal is linked to the three, and to who made it."""
    links = base.end.contents["Call/call:2"]["links"]
    assert (links["contacts"], links["accounts"], links["leads"]) == (
        ["Contact/contact:2"],
        ["Company/C-1002"],
        ["Deal/deal:2"],
    )
    assert links["users"] == ["Priya Raman"]
    for key in base.end.contents.keys("Call") | base.end.contents.keys("Meeting"):
        name, _, number = key.partition("/")
        activity, raw = base.end.contents[key], base.raw(name, number)
        assert bool(activity["links"]["leads"]) == bool(raw.get("Deal"))
        assert bool(activity["links"]["contacts"]) == bool(raw.get("Contact"))


def test_meetings_keep_their_length_and_place(base: Base) -> None:
    """An hour is an hour; an end before the start is no length and kept as a line, as the attendees are."""
    meeting = base.end.contents["Meeting/meeting:1"]
    assert (moment(meeting["startTime"]), lasts(meeting)) == ("2025-03-03T15:00:00Z", 60)
    assert meeting["links"]["activityType"] == "Meeting"
    odd = base.end.contents["Meeting/meeting:6"]
    assert (moment(odd["startTime"]), lasts(odd)) == ("2025-03-10T13:00:00Z", 0)
    assert block(odd["log"])["Attendees"] == "Sofia Reyes; guest@outside.example; Maya Ortiz"
    assert block(odd["log"])["End"] == "2025-03-10 08:00"


@pytest.mark.promise("F-076")
def test_emails_are_notes_headed_by_their_time(base: Base) -> None:
    """The date heads the text, the body follows without markup, subject and parties are lines; the author is kept."""
    note = base.end.contents["Email/email:2"]
    assert note["body"].startswith('2025-01-06 19:01 UTC:\nHello,\nplease find the quote; total "200" USD.\n')
    kept = block(note["body"])
    assert (kept["Subject"], kept["Direction"]) == ("Quote for Copper Fern", "Received")
    assert (kept["From"], kept["To"]) == ("tom.becker@brightpath.example", "oscar.brankovic@copper-fern.example")
    assert note["links"]["parent"] == "Contact/contact:2"
    for key in base.end.contents.keys("Email"):
        assert base.end.contents[key]["author"] in {"Maya Ortiz", "Tom Becker", "Priya Raman", "Sam Whitlock"}


def test_notes_keep_their_author_and_their_date(base: Base) -> None:
    """Who wrote a note at the source is its author, though our key is another's; its date heads the text."""
    wrote = {1: "Maya Ortiz", 2: "Tom Becker", 3: "Priya Raman", 4: "Sam Whitlock"}
    for number, author in wrote.items():
        assert base.end.contents[f"Note/note:{number}"]["author"] == author
    assert base.end.contents["Note/note:1"]["body"].startswith(
        "2023-12-10 20:36 UTC:\nMet at fair.\nWants a sample.\n\n" + HEAD
    )


def test_notes_hang_on_what_they_were_written_on(base: Base) -> None:
    """On a person or on a lead; one whose parent is gone is not there, and a script is not, either."""
    there = base.end.contents
    assert there["Note/note:1"]["links"]["parent"] == "Contact/contact:1"
    assert there["Note/note:7"]["links"]["parent"] == "Deal/deal:14"
    assert "Note/note:8" not in there
    assert "- menus A & B\n- photos" in there["Note/note:7"]["body"]
    assert "alert" not in there["Note/note:7"]["body"]
    assert "<script>alert(1)</script>" in base.raw("Note", "note:7")["Note"]


def test_other_scripts_and_long_texts_are_whole(base: Base) -> None:
    """Greek, Japanese and emoji arrive, and so do all 5,400 characters of a note."""
    assert "\nΕλληνικά, 日本語, emoji 🙂, “smart quotes” – dash\n" in base.end.contents["Note/note:9"]["body"]
    raw = base.raw("Note", "note:10")["Note"]
    assert len(raw) == 5400
    assert raw.strip() in base.end.contents["Note/note:10"]["body"]


def test_tasks_keep_their_day_and_their_state_in_words(base: Base) -> None:
    """The due day is a day in the source's zone, the assignee the owner; that a task is done is said in its lines."""
    task = base.end.contents["Task/task:1"]
    assert (task["title"], task["links"]["assignee"]) == ("Follow up Harborlight", "Sam Whitlock")
    assert moment(task["dueTime"]) == "2025-03-13T04:00:00Z"
    for number in (8, 9, 10):
        kept = block(base.end.contents[f"Task/task:{number}"]["description"])
        assert kept["Completed On"] == "03/12/2025"
    automatic = base.end.contents["Task/task:11"]
    assert automatic["links"]["assignee"] == "Maya Ortiz"
    assert block(automatic["description"])["Owner"] == "System"


@pytest.mark.promise("F-093")
def test_every_record_carries_its_source_key(base: Base) -> None:
    """In a custom field, or as the last line of the text: each written record is found by it, once."""
    written = sum(c["written"] for c in base.end.status["objects"].values())
    assert len(base.end.contents.by_key) == written == 127
    for key in base.end.contents.keys("Note") | base.end.contents.keys("Email"):
        assert base.end.contents[key]["body"].splitlines()[-1].startswith(f"Migration key = ws/{key}/")
