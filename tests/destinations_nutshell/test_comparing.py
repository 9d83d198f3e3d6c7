"""Whether two values are one, as Nutshell spells them."""

from typing import Any

import pytest

from adapters.destinations.nutshell.comparing import same


def items(*values: str) -> list[dict[str, Any]]:
    """Contacts with these values."""
    return [{"value": value, "label": "", "primary": n == 0} for n, value in enumerate(values)]


@pytest.mark.parametrize(
    ("entity", "key", "ours", "theirs", "alike"),
    [
        ("account", "phones", items("(202) 555-0143"), items("+12025550143"), True),
        ("account", "phones", items("030 901820"), items("+4930901820"), True),
        ("account", "phones", items("+44 (0)20 7946 0958"), items("+442079460958"), True),
        ("account", "phones", items("202 555 0143 ext. 7"), items("+12025550143 x7"), True),
        ("account", "phones", items("202 555 0143 ext. 7"), items("+12025550143"), False),
        ("account", "phones", items("202 555 0144"), items("+12025550143"), False),
        ("account", "phones", items("202 555 0143"), items("+12025550143", "+12025550144"), False),
        ("account", "phones", items("call me"), items("call me"), True),
        ("account", "phones", items("call me"), items("call us"), False),
        ("account", "urls", items("a.example"), items("http://a.example"), True),
        ("account", "urls", "a.example", items("http://a.example/"), True),
        ("account", "urls", items("https://a.example"), items("http://a.example"), False),
        ("account", "emails", items("a@b.example", "c@b.example"), items("C@b.example", "a@b.example"), True),
        ("account", "emails", items("a@b.example"), items("a@c.example"), False),
        ("account", "address", {"value": "1 Main"}, {"value": "1 Main", "route": "1 Main"}, True),
        ("account", "address", {"value": "x", "locality": "Boise"}, {"value": "y", "locality": "Nampa"}, False),
        ("account", "address", {"country": "Germany"}, {"value": "DE", "country": "DE"}, True),
        ("account", "address", {"country": "Germany"}, {"value": "FR", "country": "FR"}, False),
        ("account", "address", {"street_number": "5", "route": "A St"}, {"value": "", "route": "5 A St"}, True),
        ("account", "tags", ["a", "b"], ["b", "a"], True),
        ("account", "tags", ["a"], [], False),
        ("account", "description", "a  b \r\nc", "a b\nc", True),
        ("account", "description", "a", None, False),
        ("account", "description", None, "", True),
        ("contact", "first_name", "Ann Maria", "Ann", True),
        ("contact", "last_name", "van der Berg", "Berg", True),
        ("contact", "first_name", "Ann", "Anna", False),
        ("lead", "value", None, 0, True),
        ("lead", "value", 5, None, False),
        ("lead", "value", 99.5, 99.50, True),
        ("lead", "due_time", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05+0000", True),
        ("lead", "due_time", "2024-01-02T03:04:05Z", "2024-01-02T03:04:06Z", False),
        ("lead", "priority", False, None, True),
        ("lead", "cf:N", 12.5, "12.50", True),
        ("lead", "cf:N", 12.5, "12", False),
        ("lead", "cf:M", {"value": 5, "currency": "EUR"}, {"value": 5.0, "currency": "EUR"}, True),
        ("lead", "cf:M", {"value": 5, "currency": "EUR"}, {"value": 5, "currency": "USD"}, False),
        ("lead", "cf:B", True, "Yes", True),
        ("lead", "cf:B", False, "Yes", False),
        ("activity", "duration", None, "00:00", True),
        ("note", "block", {"a": "b"}, {}, False),
        ("note", "block", {"a": "b"}, {"a": "b"}, True),
    ],
)
def test_two_spellings_of_one_value(entity: str, key: str, ours: Any, theirs: Any, alike: bool) -> None:
    """What the server makes of a value is the same value; another value is not."""
    assert same(entity, key, ours, theirs) is alike
