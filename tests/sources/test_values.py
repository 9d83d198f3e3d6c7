"""Single cells: what each may mean, what is flagged, and what is never guessed."""

from zoneinfo import ZoneInfo

import pytest

from adapters.protocols import Field, Json, Kind
from adapters.sources import reach
from adapters.sources.names import domain, fold, is_free_mail, is_shared_host
from adapters.sources.numbers import currency
from adapters.sources.reach import standard_phone
from adapters.sources.values import Parsed, key, parse

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def read(kind: Kind, raw: str, form: str | None = None, zone: ZoneInfo = NEW_YORK) -> Parsed:
    return parse(Field(key="c", label="c", kind=kind, format=form), raw, zone)


@pytest.mark.parametrize(
    ("raw", "form", "value", "flags"),
    [
        ("$58,750.00", ".", 58750, ()),
        ("9800.50", ".", 9800.5, ()),
        pytest.param("12.500,00", ".", 12500, ("other-decimal-sign",), marks=pytest.mark.trap("S24")),
        ("12,5", ".", 12.5, ("other-decimal-sign",)),
        ("1.234", ".", 1.234, ()),
        ("1.234", ",", 1234, ()),
        ("1.234", None, None, ("ambiguous-number",)),
        ("1234", None, 1234, ()),
        ("1.234.567", None, 1234567, ()),
        ("1,234,567.89", None, 1234567.89, ()),
        ("12,34,567", ".", 1234567, ()),
        ("0.125", ",", 0.125, ("other-decimal-sign",)),
        pytest.param("(1,200.00)", ".", -1200, ("accounting-negative",), marks=pytest.mark.trap("S25")),
        ("$(1,200.00)", ".", -1200, ("accounting-negative",)),
        ("1.200,50-", ",", -1200.5, ("accounting-negative",)),
        ("-$5", ".", -5, ()),
        ("\u22125", ".", -5, ()),
        ("12 345,67", ",", 12345.67, ()),
        ("12\u202f345,67 €", ",", 12345.67, ()),
        ("CHF 1'234.50", ".", 1234.5, ()),
        ("US$ 5", ".", 5, ()),
        ("5 EUR", ".", 5, ()),
        pytest.param("NULL", ".", None, ("null-word",), marks=pytest.mark.trap("S07")),
        pytest.param("N/A", ".", None, ("null-word",), marks=pytest.mark.trap("S07")),
        pytest.param("TBD", ".", None, ("not-a-number",), marks=pytest.mark.trap("S23")),
        ("Jan 12", ".", None, ("not-a-number",)),
        ("1 2", ".", None, ("not-a-number",)),
        ("1.2.3", ".", None, ("not-a-number",)),
        ("1,23,4.5", ".", None, ("not-a-number",)),
        ("2.5E+03", ".", 2500, ("scientific-notation",)),
        ("5E12345678", ".", None, ("not-a-number",)),
        ("9" * 400, ".", None, ("not-a-number",)),
        ("0.1234567890123456789", ".", 0.12345678901234568, ("rounded-number",)),
        ("9007199254740993", ".", 9007199254740993, ()),
        ("   ", ".", None, ()),
    ],
)
def test_money(raw: str, form: str | None, value: Json, flags: tuple[str, ...]) -> None:
    """An amount is read by its column's decimal sign or its own, exactly, and oddities are flagged."""
    assert read("money", raw, form) == Parsed(value, flags)
    assert type(read("money", raw, form).value) is type(value)


@pytest.mark.parametrize(
    ("raw", "form", "value"),
    [
        ("25%", ".", 25),
        ("33.3 %", ".", 33.3),
        ("25", ".", 25),
        ("0.35", ".*100", 35),
        ("35%", ".*100", 35),
        ("0,07", ",*100", 7),
    ],
)
def test_percent(raw: str, form: str, value: Json) -> None:
    """A percentage is a number of hundredths, whichever way its column writes it."""
    assert read("percent", raw, form).value == value


@pytest.mark.parametrize(
    ("raw", "form", "value", "flags"),
    [
        pytest.param("04/05/2025", "%m/%d/%Y", "2025-04-05", (), marks=pytest.mark.trap("S25")),
        ("04/05/2025", "%d/%m/%Y", "2025-05-04", ()),
        ("04/05/2025", None, None, ("ambiguous-date",)),
        ("25/04/2025", None, "2025-04-25", ()),
        ("25/04/2025", "%m/%d/%Y", "2025-04-25", ("other-date-order",)),
        ("2025-04-03", "%d.%m.%Y", "2025-04-03", ()),
        ("3.5.24", "%d.%m.%Y", "2024-05-03", ()),
        ("3 May 2024", "%m/%d/%Y", "2024-05-03", ()),
        ("May 3, 2024", "%d/%m/%Y", "2024-05-03", ()),
        ("Fri, 3 May 2024", None, "2024-05-03", ()),
        ("3. Mai 2024", None, "2024-05-03", ()),
        ("31/02/2024", "%d/%m/%Y", None, ("impossible-date",)),
        ("31/02/2024", None, None, ("impossible-date",)),
        pytest.param("31234", "%m/%d/%Y", "1985-07-06", ("excel-serial",), marks=pytest.mark.trap("S19")),
        ("19999", "%m/%d/%Y", None, ("not-a-date",)),
        ("01/01/1900", "%m/%d/%Y", None, ("sentinel-date",)),
        ("9999-12-31", None, None, ("sentinel-date",)),
        ("0000-00-00", None, None, ("null-word",)),
        ("2025-03-14 09:30", "%Y-%m-%d", "2025-03-14", ("time-dropped",)),
        ("2025-03-14 00:00:00", "%Y-%m-%d", "2025-03-14", ()),
        ("20250314", "%Y%m%d", "2025-03-14", ()),
        ("Q3 2024", "%m/%d/%Y", None, ("not-a-date",)),
        ("10", "%m/%d/%Y", None, ("not-a-date",)),
        ("May", "%m/%d/%Y", None, ("not-a-date",)),
    ],
)
@pytest.mark.promise("F-036")
def test_dates(raw: str, form: str | None, value: Json, flags: tuple[str, ...]) -> None:
    """A date is read by its column's order, or as the one thing it can mean; else it is not read at all."""
    assert read("date", raw, form) == Parsed(value, flags)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])
def test_a_date_is_never_shifted(zone: str) -> None:
    """A date without a time is the same day in every zone, in a date-time column too."""
    assert read("date", "03/14/2025", "%m/%d/%Y", ZoneInfo(zone)).value == "2025-03-14"
    assert read("datetime", "03/14/2025", "%m/%d/%Y %H:%M", ZoneInfo(zone)) == Parsed("2025-03-14", ("date-only",))


@pytest.mark.parametrize(
    ("raw", "form", "value", "flags"),
    [
        ("04/25/2023 12:22", "%m/%d/%Y %H:%M", "2023-04-25T16:22:00Z", ()),
        ("2025-02-10 09:15", "%Y-%m-%d %H:%M", "2025-02-10T14:15:00Z", ()),
        ("2025-02-10 09:15:30.250", "%Y-%m-%d %H:%M", "2025-02-10T14:15:30Z", ()),
        pytest.param(
            "2024-05-01T09:30:00Z",
            "%m/%d/%Y %H:%M",
            "2024-05-01T09:30:00Z",
            ("own-zone",),
            marks=pytest.mark.trap("S19"),
        ),
        pytest.param(
            "2025-02-20T16:00:00-05:00",
            "%Y-%m-%d %H:%M",
            "2025-02-20T21:00:00Z",
            ("own-zone",),
            marks=pytest.mark.trap("S29"),
        ),
        pytest.param(
            "02/21/2025 11:50 PM EST",
            "%Y-%m-%d %H:%M",
            "2025-02-22T04:50:00Z",
            ("own-zone",),
            marks=pytest.mark.trap("S30"),
        ),
        ("2024-05-01T09:30:00Z", "%Y-%m-%dT%H:%M:%S%z", "2024-05-01T09:30:00Z", ()),
        ("2024-05-01T09:30:00+0530", "%Y-%m-%dT%H:%M:%S%z", "2024-05-01T04:00:00Z", ()),
        ("12:30 AM", "%m/%d/%Y %H:%M", None, ("not-a-date",)),
        ("05/01/2024 12:30 AM", "%m/%d/%Y %H:%M", "2024-05-01T04:30:00Z", ()),
        ("05/01/2024 13:30 PM", "%m/%d/%Y %H:%M", None, ("not-a-date",)),
        ("05/01/2024 25:30", "%m/%d/%Y %H:%M", None, ("impossible-date",)),
        ("05/01/2024 09:30 XYZ", "%m/%d/%Y %H:%M", None, ("unknown-zone",)),
        ("03/09/2025 02:30", "%m/%d/%Y %H:%M", "2025-03-09T07:30:00Z", ("skipped-local-time",)),
        ("11/03/2024 01:30", "%m/%d/%Y %H:%M", "2024-11-03T05:30:00Z", ("ambiguous-local-time",)),
        ("45000.5", "%m/%d/%Y %H:%M", "2023-03-15T16:00:00Z", ("excel-serial",)),
    ],
)
def test_date_times(raw: str, form: str, value: str | None, flags: tuple[str, ...]) -> None:
    """A local time gets the account's zone once; one with its own zone keeps its instant."""
    assert read("datetime", raw, form) == Parsed(value, flags)


def test_the_first_instant_of_the_calendar() -> None:
    """A time that would leave the calendar when it goes to UTC is one that programs write for "no date"."""
    assert read("datetime", "0001-01-01 00:30", "%Y-%m-%d %H:%M", BERLIN) == Parsed(None, ("sentinel-date",))


@pytest.mark.parametrize(
    ("raw", "form", "value", "flags"),
    [
        ("4m 35s", None, 275, ()),
        ("275", None, 275, ()),
        ("00:04:35", None, 275, ()),
        ("1 h 5 min", None, 3900, ()),
        ("1.5 hours", None, 5400, ()),
        ("PT4M35S", None, 275, ()),
        ("15", "min", 900, ()),
        ("4:35", "mm:ss", 275, ()),
        ("4:35", "hh:mm", 16500, ()),
        ("4:35", None, None, ("ambiguous-duration",)),
        ("long", None, None, ("not-a-duration",)),
        ("n/a", None, None, ("null-word",)),
    ],
)
def test_durations(raw: str, form: str | None, value: Json, flags: tuple[str, ...]) -> None:
    """A duration is whole seconds, however it is written; what could be minutes or hours is not guessed."""
    assert read("duration", raw, form) == Parsed(value, flags)


@pytest.mark.parametrize(("raw", "value"), [("9:15 AM", "09:15"), ("21:05:30", "21:05"), ("12:00 am", "00:00")])
def test_times(raw: str, value: str) -> None:
    """A time of day is hours and minutes."""
    assert read("time", raw).value == value


@pytest.mark.trap("S33")
@pytest.mark.parametrize(
    ("raw", "value"),
    [("Yes", True), ("1", True), ("TRUE", True), ("x", True), ("✓", True), ("-1", True), ("Ja", True), ("Sí", True),
     ("No", False), ("0", False), ("false", False), ("nein", False), ("maybe", None), ("", None)],
)  # fmt: skip
def test_booleans(raw: str, value: Json) -> None:
    """Every common word for yes and no is understood, nothing else is."""
    assert read("boolean", raw).value is value


def addresses(raw: str) -> list[Json]:
    value = read("email", raw).value
    return [entry["value"] for entry in value] if value else []


@pytest.mark.trap("S15")
def test_two_addresses_in_a_cell() -> None:
    """Blanks are trimmed, spelling is kept, the first address is primary."""
    parsed = read("email", " Hana.Twomail@Ironwood-Joinery.example ; hana@home.example")
    assert parsed.value == [
        {"value": "Hana.Twomail@Ironwood-Joinery.example", "label": "work", "primary": True},
        {"value": "hana@home.example", "label": "work", "primary": False},
    ]
    assert parsed.flags == ()


@pytest.mark.parametrize(
    ("raw", "found", "flags"),
    [
        pytest.param("n/a", [], ("null-word",), marks=pytest.mark.trap("S14")),
        pytest.param("", [], (), marks=pytest.mark.trap("S14")),
        ('"Doe, Jane" <jane@x.example>', ["jane@x.example"], ()),
        ("mailto:jane@x.example", ["jane@x.example"], ()),
        ("a@x.example, A@X.example", ["a@x.example"], ()),
        ("a@x.example/b@y.example", ["a@x.example", "b@y.example"], ()),
        ("jane@localhost, a@x.example", ["a@x.example"], ("invalid-email",)),
        ("jane at x", [], ("invalid-email",)),
    ],
)
def test_addresses(raw: str, found: list[str], flags: tuple[str, ...]) -> None:
    """Addresses are found among names, brackets and prefixes; what is none is flagged."""
    assert (addresses(raw), read("email", raw).flags) == (found, flags)


@pytest.mark.parametrize(
    ("raw", "found", "flags"),
    [
        pytest.param("2.12555014E+09", ["2.12555014E+09"], ("scientific-notation",), marks=pytest.mark.trap("S17")),
        pytest.param(
            "(212) 555-0155 x204 / 212-555-0156",
            ["(212) 555-0155 x204", "212-555-0156"],
            (),
            marks=pytest.mark.trap("S17"),
        ),
        ("+44 20 7946 0111", ["+44 20 7946 0111"], ()),
        ("212-555-0155, ext. 204", ["212-555-0155, ext. 204"], ()),
        ("212-555-0155 or 212-555-0156", ["212-555-0155", "212-555-0156"], ()),
        ("212-555-0111 / 12", ["212-555-0111 / 12"], ("unclear-phone",)),
        ("040 555 12 - 34", ["040 555 12 - 34"], ()),
        ("4155552671.0", ["4155552671.0"], ("spreadsheet-number",)),
        ("ask Maria", ["ask Maria"], ("not-a-phone",)),
        ("-", [], ("null-word",)),
    ],
)
@pytest.mark.promise("F-039")
def test_phones(raw: str, found: list[str], flags: tuple[str, ...]) -> None:
    """Numbers are split, never changed and never dropped; damage is flagged."""
    parsed = read("phone", raw)
    assert ([entry["value"] for entry in parsed.value or []], parsed.flags) == (found, flags)


@pytest.mark.promise("F-039")
@pytest.mark.parametrize(
    ("number", "region", "standard"),
    [
        ("(212) 555-0155 x204", "us", "+12125550155;ext=204"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("0049 40 555 1234", "DE", "+49405551234"),
        ("2.12555014E+09", "US", None),
        ("12", "US", None),
    ],
)
def test_standard_phones(number: str, region: str, standard: str | None) -> None:
    """A number has one international form, extension included, or none."""
    assert standard_phone(number, region) == standard


@pytest.mark.trap("S09")
@pytest.mark.parametrize(
    "raw", ["Null", "N/A", "None", "-", "@nick", '=HYPERLINK("https://evil.example","Click")', " padded "]
)
def test_text_is_exact(raw: str) -> None:
    """Names and texts stay as they are: no word is nothing, no formula is special, no blank is cut."""
    assert read("text", raw) == Parsed(raw)
    assert read("longtext", raw) == Parsed(raw)


def test_other_texts() -> None:
    """Options and references lose their outer blanks, addresses of sites are checked, tags are split and kept."""
    assert read("enum", "negotiation ") == Parsed("negotiation")
    assert read("user", "maya ortiz ") == Parsed("maya ortiz")
    assert read("multienum", "Customer; Newsletter;; customer ;Customer", ";") == Parsed(
        ["Customer", "Newsletter", "customer"]
    )
    assert read("multienum", "one, two", None) == Parsed(["one, two"])
    assert read("url", " https://x.example/a ") == Parsed("https://x.example/a")
    assert read("url", "coming soon") == Parsed("coming soon", ("not-a-url",))


@pytest.mark.trap("S04")
def test_zip_codes() -> None:
    """A ZIP code that lost its zero is kept as it is and flagged; other lengths are left alone."""
    assert read("text", "2134", "00000") == Parsed("2134", ("lost-leading-zero",))
    assert read("text", "02134", "00000") == Parsed("02134")
    assert read("text", "2134") == Parsed("2134")


def test_a_kind_that_no_column_has() -> None:
    """Asking for a kind that cells cannot have is the caller's fault and raises."""
    with pytest.raises(ValueError, match="cannot be of kind 'nonsense'"):
        parse(Field(key="c", label="c", kind="nonsense"), "x", NEW_YORK)  # type: ignore[arg-type]


def test_keys() -> None:
    """What a cell says in a natural key does not depend on case, blanks, or what follows the first address."""
    email = Field(key="e", label="e", kind="email")
    assert key(email, " Hana@X.example ; b@y.example") == key(email, "hana@x.EXAMPLE") == "hana@x.example"
    assert key(email, "n/a") == ""
    assert key(Field(key="u", label="u", kind="url"), "HTTP://www.X.example/") == "x.example"
    assert len(key(Field(key="n", label="n", kind="html"), "Lorem " * 100)) == 64
    assert key(Field(key="t", label="t", kind="text"), "  Müller\tGmbH") == "müller gmbh"


def test_names() -> None:
    """Names are one in any case, spacing and Unicode form."""
    assert fold("Mu\u0308ller  AG ") == fold("MÜLLER ag")


@pytest.mark.promise("F-038")
@pytest.mark.trap("S01")
@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.harborlight.example", "harborlight.example"),
        ("HTTP://Harborlight.example/", "harborlight.example"),
        ("harborlight.example.", "harborlight.example"),
        ("http://user:pw@www.harborlight.example:8080/a?b#c", "harborlight.example"),
        ("info@Harborlight.example", "harborlight.example"),
        ("https://müller.example", "xn--mller-kva.example"),
        ("none", None),
        ("", None),
    ],
)
def test_domains(url: str, host: str | None) -> None:
    """A host is the same however its address is written."""
    assert domain(url) == host


@pytest.mark.trap("S10")
def test_hosts_that_say_nothing() -> None:
    """Free mailboxes and shared sites are known, under any country, and companies are not taken for them."""
    assert all(map(is_free_mail, ("a@gmail.com", "yahoo.co.uk", "gmx.de", "pat.loner@freemail.example", "web.de")))
    assert not any(map(is_free_mail, ("gmail.harborlight.example.com", "harborlight.example", "", "n/a")))
    assert is_shared_host("https://sites.google.com/view/x")
    assert not is_shared_host("google-sites.example")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("€5", "EUR"),
        ("5 EUR", "EUR"),
        ("US$ 5", "USD"),
        ("CA$5", "CAD"),
        ("$5", None),
        ("5", None),
        ("£1,000", "GBP"),
        ("TBD", None),
    ],
)
def test_currencies(cell: str, code: str | None) -> None:
    """A cell names its currency by code or unmistakable sign; a bare dollar could be any."""
    assert currency(cell) == code


@pytest.mark.parametrize(
    ("cell", "flags"),
    [("ann at x.example; bob@x.example", ("invalid-email",)), ("bob@x.example;", ()), ("bob@x.example; -", ()),
     ("Lee, Ann <ann@x.example>; bob@x.example", ()), ("ann@x.example | unknown", ("invalid-email",))],
)  # fmt: skip
def test_a_piece_that_is_no_address_is_told(cell: str, flags: tuple[str, ...]) -> None:
    """What is left out beside good addresses is not left out in silence."""
    found, said = reach.emails(cell)
    assert (bool(found), said) == (True, flags)
