"""Values written and values read back."""

import pytest

from adapters.destinations.pipedrive.comparing import same

SAME = [
    ("deal", "title", "Big deal", "Big deal "),
    ("deal", "value", 100, 100.0),
    ("deal", "value", None, 0),
    ("deal", "probability", 30, None),
    ("person", "marketing_status", "subscribed", None),
    ("deal", "value", 0.1 + 0.2, 0.3),
    ("deal", "won_time", "2024-05-06T07:08:09Z", "2024-05-06T07:08:09.120Z"),
    ("note", "add_time", "2024-05-06T07:08:09Z", "2024-05-06 07:08:09"),
    ("deal", "label_ids", ["1", "2"], [2, 1]),
    ("deal", "stage_id", "4", 4),
    ("deal", "lost_reason", "", None),
    ("person", "emails", [], None),
    ("person", "emails", [{"value": "a@b.example", "label": "Work", "primary": True}],
     [{"value": "a@b.example", "label": "work", "primary": True}]),
    ("organization", "address", {"value": "1 Main St", "locality": "Boise"},
     {"value": "1 Main St", "locality": "Boise", "country": "USA"}),
    ("deal", "f" * 40, {"value": 5, "currency": "EUR"}, {"value": 5.0, "currency": "EUR"}),
    ("activity", "done", False, None or False),
    ("note", "content", "<p>a &amp; b</p><script>x</script>", "<p>a &#38; b</p>"),
    ("note", "content", "<p>one</p>\n<p>two</p>", "<p>one</p><p>two</p>"),
    ("activity", "note", "don&#39;t&nbsp;go", "don't go"),
    ("activity", "note", "a<br>b", "a<br />b"),
    ("person", "notes", "a\r\nb", "a\nb"),
]  # fmt: skip
DIFFERENT = [
    ("deal", "title", "Big deal", "Big Deal"),
    ("deal", "value", 100, 100.01),
    ("deal", "value", 5, None),
    ("deal", "won_time", "2024-05-06T07:08:09Z", "2024-05-06T07:08:10Z"),
    ("deal", "label_ids", ["1"], ["1", "2"]),
    ("person", "emails", [{"value": "a", "primary": True}, {"value": "b"}],
     [{"value": "a"}, {"value": "b", "primary": True}]),
    ("person", "phones", [{"value": "+1 555 0100"}], [{"value": "+15550100"}]),
    ("organization", "address", {"value": "1 Main St", "locality": "Boise"}, {"value": "1 Main St"}),
    ("deal", "f" * 40, {"value": 5, "currency": "EUR"}, {"value": 5, "currency": "USD"}),
    ("note", "content", "<p>a</p>", "<p>b</p>"),
    ("note", "content", "1 &lt; 2", "1 &gt; 2"),
    ("activity", "done", True, False),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "key", "ours", "theirs"), SAME)
def test_spellings_of_one_value(entity, key, ours, theirs):
    """The server's own spelling of a value is no difference."""
    assert same(entity, key, ours, theirs)


@pytest.mark.parametrize(("entity", "key", "ours", "theirs"), DIFFERENT)
def test_two_values(entity, key, ours, theirs):
    """A difference that a person would see is one."""
    assert not same(entity, key, ours, theirs)
