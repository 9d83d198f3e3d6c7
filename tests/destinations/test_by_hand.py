"""Flows driven by hand: the very requests, with answers as they were recorded."""

from adapters.destinations.pipedrive import Pipedrive
from adapters.destinations.pipedrive.ask import rows_v1, rows_v2
from adapters.destinations.pipedrive.finding import since
from adapters.protocols import Intent, Response
from tests.destinations.flows import drive, ok, refused


def test_pages_of_v2_follow_the_cursor():
    """Until there is none."""
    rows, requests = drive(
        rows_v2("/api/v2/deals", {"ids": "1,2"}),
        [
            ok([{"id": 1}], additional_data={"next_cursor": "abc"}),
            ok([{"id": 2}], additional_data={"next_cursor": None}),
        ],
    )
    assert [row["id"] for row in rows] == [1, 2]
    assert [request.query for request in requests] == [
        {"ids": "1,2", "limit": "500"},
        {"ids": "1,2", "limit": "500", "cursor": "abc"},
    ]


def test_pages_of_v1_in_both_spellings():
    """The paging facts stand in one of two places; a row that moved between the pages comes once; null is empty."""
    more = {"start": 0, "limit": 500, "more_items_in_collection": True, "next_start": 500}
    for spelled in (more, {"pagination": more}):
        rows, requests = drive(
            rows_v1("/v1/leads"),
            [ok([{"id": "a"}, {"id": "b"}], additional_data=spelled), ok([{"id": "b"}, {"id": "c"}])],
        )
        assert [row["id"] for row in rows] == ["a", "b", "c"]
        assert [request.query["start"] for request in requests] == ["0", "500"]
    assert drive(rows_v1("/v1/notes"), [ok(None)])[0] == []


def test_times_are_asked_for_in_whole_seconds():
    """Fractions are refused; a few minutes of clock difference are allowed for."""
    assert since("2026-03-04T05:06:07.891234Z") == "2026-03-04T05:01:07Z"
    assert since("") == "1970-01-01T00:00:00Z"


def test_a_deal_in_doubt_is_looked_for_in_both_lists():
    """By the list of what changed, never by the search."""
    intent = Intent(action="create", entity="deal", mark="m:1", at="2026-03-04T05:06:07Z")
    row = {"id": 7, "title": "x", "is_deleted": False, "custom_fields": {"f" * 40: "m:1"}}
    other = {"id": 8, "title": "y", "custom_fields": {"f" * 40: "m:11"}}
    fields = [{"field_code": "f" * 40, "field_name": "Key", "field_type": "varchar"}]
    found, requests = drive(Pipedrive().find(intent), [ok([other]), ok([row]), ok(fields)])
    assert [(copy.id, copy.values["title"]) for copy in found] == [("7", "x")]
    assert [request.path for request in requests] == ["/api/v2/deals", "/api/v2/deals/archived", "/api/v2/dealFields"]
    assert requests[0].query == {"updated_since": "2026-03-04T05:01:07Z", "sort_by": "id", "limit": "500"}


def test_a_deleted_deal_answers_a_single_get():
    """With status "deleted": it is not alive."""
    found, requests = drive(
        Pipedrive().fetch("deal", ["7"]), [ok([]), ok({"id": 7, "title": "x", "status": "deleted"})]
    )
    assert found == {}
    assert [request.path for request in requests] == ["/api/v2/deals", "/api/v2/deals/7"]


def test_notes_are_deleted_softly():
    """A GET still answers, with `active_flag` false; a purged one is a 404."""
    flow = Pipedrive().fetch("note", ["7", "8"])
    found, _ = drive(flow, [ok({"id": 7, "content": "x", "active_flag": False}), refused(404)])
    assert found == {}


def test_an_update_of_a_text_reads_the_record_first():
    """Block and mark share the field with the body: what is not given is kept."""
    content = "<p>Old</p><p>--- Migrated data ---<br>Outcome: Good<br>Migration key = m-1</p>"
    answers = [ok({"id": 7, "content": content, "active_flag": True}), ok({"id": 7, "content": "whatever"})]
    _, requests = drive(Pipedrive().update("note", "7", {"content": "<p>New</p>"}), answers)
    assert [(request.method, request.path) for request in requests] == [("GET", "/v1/notes/7"), ("PUT", "/v1/notes/7")]
    assert requests[1].body == {"content": content.replace("Old", "New")}


def test_an_update_of_the_person_keeps_the_other_participants():
    """The list is replaced as a whole, so it is read first."""
    people = [{"person_id": 1, "primary": True}, {"person_id": 2, "primary": False}]
    answers = [ok({"id": 7, "person_id": 1, "participants": people}), ok({"id": 7})]
    _, requests = drive(Pipedrive().update("activity", "7", {"person_id": "3"}), answers)
    assert requests[1].body == {"participants": [{"person_id": 3, "primary": True}, {"person_id": 2, "primary": False}]}


def test_a_delete_of_what_is_gone_is_a_success():
    """404 and 410 both say so."""
    for status in (404, 410):
        applied, requests = drive(Pipedrive().delete("lead", "7"), [refused(status)])
        assert (applied.id, applied.answer, len(requests)) == ("7", None, 1)


def test_the_whole_answer_is_kept():
    """As it came, beside the canonical values."""
    body = {"success": True, "data": {"id": 7, "name": "Acme", "label_ids": [], "unheard_of": {"x": 1}}}
    applied, _ = drive(Pipedrive().create("organization", {"name": "Acme"}), [Response(status=201, body=body)])
    assert applied.answer == body
    assert applied.values["name"] == "Acme"
