"""Traps S29 to S37: calls, e-mails, meetings, tasks and notes."""

import pytest

from tests.e2e.story import Base

pytestmark = pytest.mark.xdist_group("story")


def block(text: str) -> dict[str, str]:
    """The labelled lines at the end of an activity's or a note's text."""
    _, _, tail = text.partition("<p>--- Migrated data ---<br>")
    lines = tail.removesuffix("</p>").split("<br>")
    return dict(line.replace(" = ", ": ", 1).split(": ", 1) for line in lines if line)


def moment(activity: dict[str, str]) -> str:
    """When an activity is due, UTC."""
    return f"{activity['due_date']}T{activity['due_time']}Z"


@pytest.mark.trap("S29")
@pytest.mark.promise("F-075")
def test_s29_unusual_words_are_kept_and_an_offset_is_followed(base: Base) -> None:
    """Unknown dispositions and directions stay as they are in the labelled block; -05:00 is followed."""
    call = base.end.contents["Call/call:10"]
    kept = block(call["note"])
    assert (kept["Disposition"], kept["Direction"]) == ("LVM??", "OUT")
    assert call["note"].startswith('asked for "final" price')
    assert moment(call) == "2025-02-20T21:00:00Z"


@pytest.mark.trap("S30")
def test_s30_a_twelve_hour_clock_with_a_zone_name(base: Base) -> None:
    """11:50 PM EST is ten to five the next day in UTC, and its own zone is told."""
    call = base.end.contents["Call/call:11"]
    assert moment(call) == "2025-02-22T04:50:00Z"
    assert base.finding("own-zone", "Call", "call:11", "Date/Time")
    assert block(call["note"])["Duration"] == "90"


@pytest.mark.trap("S31")
def test_s31_an_email_without_anything_is_quarantined(base: Base) -> None:
    """No subject, no date, no contact: it waits for a person and is attached to nothing."""
    (asked,) = [i for i in base.at_gate.asked("orphan") if i["object"] == "Email"]
    assert (asked["key"], asked["blocks"]) == ("email:9", ["Email/email:9"])
    assert base.held.code == 3
    assert base.quarantine.counts("Email")["held"] == 1
    assert "Email/email:9" not in base.quarantine.contents
    assert "Email/email:9" not in base.end.contents
    assert base.end.counts("Email")["skipped"] == 1


@pytest.mark.trap("S32")
@pytest.mark.promise("F-077")
def test_s32_a_meeting_that_ends_before_it_starts(base: Base) -> None:
    """The start stays, the duration is empty and told, and all attendees are in the body."""
    assert base.finding("end-before-start", "Meeting", "meeting:6")
    meeting = base.end.contents["Meeting/meeting:6"]
    assert moment(meeting) == "2025-03-10T13:00:00Z"
    assert not meeting["duration"]
    assert block(meeting["note"])["Attendees"] == "Sofia Reyes; guest@outside.example; Maya Ortiz"
    assert meeting["location"]["value"] == 'HQ, room "B"'
    assert block(meeting["note"])["End"] == "2025-03-10 08:00"


@pytest.mark.trap("S32")
def test_s32_other_meetings_keep_their_length(base: Base) -> None:
    """A meeting of an hour is an hour."""
    meeting = base.end.contents["Meeting/meeting:1"]
    assert (moment(meeting), meeting["duration"]) == ("2025-03-03T15:00:00Z", "01:00")


@pytest.mark.trap("S33")
@pytest.mark.promise("F-078")
def test_s33_every_way_of_saying_done(base: Base) -> None:
    """1, TRUE and x are done; the day of completion stands in the labelled block."""
    for key in ("Task/task:8", "Task/task:9", "Task/task:10"):
        task = base.end.contents[key]
        assert task["done"] is True
        assert block(task["note"])["Completed On"] == "03/12/2025"
    assert base.end.contents["Task/task:1"]["done"] is False


@pytest.mark.trap("S34")
def test_s34_system_is_nobody_to_provision(base: Base) -> None:
    """Tasks of `System` are told as automation, belong to the migration's own user, and nobody is asked about them."""
    assert {f["key"] for f in base.finding("automation-owner", "Task")} == {"task:11", "task:12"}
    assert not [i for i in base.end.reviews if "System" in i["question"]]
    for key in ("Task/task:11", "Task/task:12"):
        task = base.end.contents[key]
        assert task["subject"].startswith("[Auto] Stage changed")
        assert block(task["note"])["Owner"] == "System"
        assert task["owner_id"] == 1


@pytest.mark.trap("S35")
@pytest.mark.promise("F-079")
def test_s35_a_script_is_removed_and_kept_in_the_log(base: Base) -> None:
    """The note keeps its formatting and loses its script; the log has it as it was."""
    note = base.end.contents["Note/note:7"]
    assert note["content"].startswith("<div>Agreed:<ul><li>menus A &amp; B</li><li>photos</li></ul></div>")
    assert "script" not in note["content"]
    assert "alert" not in note["content"]
    assert "<script>alert(1)</script>" in base.raw("Note", "note:7")["Note"]
    assert note["deal_id"] == "Deal/deal:14"


@pytest.mark.trap("S36")
def test_s36_a_note_without_its_parent_is_quarantined(base: Base) -> None:
    """A note on a deal that is not in the export waits, is counted, and cannot be hung on nothing."""
    (asked,) = [i for i in base.at_gate.asked("orphan") if i["object"] == "Note"]
    assert (asked["key"], asked["choices"], asked["blocks"]) == ("note:8", ["skip"], ["Note/note:8"])
    assert base.finding("link-missing", "Note", "note:8")
    assert base.quarantine.counts("Note")["held"] == 1
    assert "Note/note:8" not in base.end.contents
    assert base.end.counts("Note") | {"written": 9, "skipped": 1} == base.end.counts("Note")


@pytest.mark.trap("S37")
def test_s37_other_scripts_and_long_texts_are_whole(base: Base) -> None:
    """Greek, Japanese and emoji arrive, and so do all 5,400 characters of a note."""
    note = base.end.contents["Note/note:9"]
    assert note["content"].startswith("Ελληνικά, 日本語, emoji 🙂, “smart quotes” – dash<p>")
    raw = base.raw("Note", "note:10")["Note"]
    assert len(raw) == 5400
    assert base.end.contents["Note/note:10"]["content"].partition("<p>")[0] == raw.strip()


@pytest.mark.promise("F-130")
def test_activities_link_to_all_they_name(base: Base) -> None:
    """A call that names a person, a company and a deal is linked to the three."""
    call = base.end.contents["Call/call:2"]
    assert (call["person_id"], call["org_id"], call["deal_id"]) == (
        "Contact/contact:2",
        "Company/C-1002",
        "Deal/deal:2",
    )
    for key, activity in base.end.contents.by_key.items():
        name, _, number = key.partition("/")
        if name in ("Call", "Email", "Meeting", "Task"):
            raw = base.raw(name, number)
            assert bool(activity["deal_id"]) == bool(raw.get("Deal"))
            assert bool(activity["person_id"]) == bool(raw.get("Contact"))


@pytest.mark.promise("F-131")
def test_no_deal_is_invented_for_an_email(base: Base) -> None:
    """An e-mail has the deal that its row names, and none where it names none."""
    assert base.end.contents["Email/email:1"]["deal_id"] == "Deal/deal:1"
    for number in (2, 4, 6, 8):
        email = base.end.contents[f"Email/email:{number}"]
        assert email["deal_id"] is None
        assert email["person_id"] is not None


@pytest.mark.promise("F-076")
def test_emails_keep_their_direction_time_and_body(base: Base) -> None:
    """Subject, body, direction and time of an e-mail are there."""
    email = base.end.contents["Email/email:2"]
    assert (email["subject"], block(email["note"])["Direction"]) == ("Quote for Copper Fern", "Received")
    assert email["note"].startswith('<p>Hello,</p>\n<p>please find the quote; total "200" <b>USD</b>.</p>')
    assert moment(email) == "2025-01-06T19:01:00Z"


@pytest.mark.promise("F-138")
def test_activities_keep_their_times_and_order(base: Base) -> None:
    """Calls follow each other at the destination as they did at the source."""
    times = [moment(base.end.contents[f"Call/call:{n}"]) for n in range(1, 10)]
    assert times == sorted(times)
    assert times[0] == "2025-02-10T14:15:00Z"
