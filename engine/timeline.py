"""The calendar: how many weeks a migration takes from its beginning to the cutover, by phase, and what makes it longer.

The two ranges and their thresholds are those that the project was given: three to five weeks below 10,000 contacts and
2,000 deals without custom objects; eight to twelve with more than 100,000 activities, many custom fields or several
pipelines. How the longer one divides among the phases is our own. Machine time is another figure: it only stretches the
last phase where it is longer than that.
"""

import math

import msgspec

CONTACTS, DEALS, ACTIVITIES = 10_000, 2_000, 100_000
"""Below this many contacts and deals is the base case; above this many activities is not."""
CUSTOM_FIELDS = 30
"""More custom fields than the smallest plan of a destination allows are many (Pipedrive's, see `caps`)."""
WEEK_SECONDS = 7 * 86_400


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """One phase, in weeks. beside: it goes on while the phase before it does, and adds nothing to the sum."""

    name: str
    least: int
    most: int
    beside: bool = False


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The weeks, at least and at most, with the phases, and what made it the longer range (nothing: the base case)."""

    least: int
    most: int
    phases: tuple[Phase, ...]
    longer: tuple[str, ...]


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """What the calendar depends on; None where nobody knows, which makes nothing longer.

    guessed: those of the figures that rest on an estimated count.
    """

    contacts: int | None = None
    deals: int | None = None
    activities: int | None = None
    custom_fields: int | None = None
    custom_objects: int | None = None
    pipelines: int | None = None
    guessed: frozenset[str] = frozenset()

    def words(self, name: str, what: str) -> str:
        """A figure as it is shown: "about 12,000 contacts", "1 pipeline"."""
        number = getattr(self, name) or 0
        about = "about " if name in self.guessed else ""
        return f"{about}{number:,} {what.removesuffix('s') if number == 1 else what}"


_BASE = (
    Phase(name="discovery and export audit", least=1, most=1),
    Phase(name="configuration of the destination", least=1, most=1, beside=True),
    Phase(name="mapping, sample and validation", least=1, most=2),
    Phase(name="run, deltas and cutover", least=1, most=2),
)
_LONG = (
    Phase(name="discovery and export audit", least=2, most=3),
    Phase(name="configuration of the destination", least=2, most=2, beside=True),
    Phase(name="mapping, sample and validation", least=3, most=4),
    Phase(name="run, deltas and cutover", least=3, most=5),
)


def longer(size: Size) -> tuple[str, ...]:
    """What makes a migration take longer than the base case, as sentences without a full stop."""
    found = []
    if size.contacts is not None and size.contacts >= CONTACTS:
        found.append(f"{size.words('contacts', 'contacts')} (the base case has fewer than {CONTACTS:,})")
    if size.deals is not None and size.deals >= DEALS:
        found.append(f"{size.words('deals', 'deals')} (the base case has fewer than {DEALS:,})")
    if size.custom_objects:
        found.append(f"{size.words('custom_objects', 'custom objects')} (the base case has none)")
    if size.activities is not None and size.activities > ACTIVITIES:
        found.append(f"{size.words('activities', 'activities')} (more than {ACTIVITIES:,})")
    if size.custom_fields is not None and size.custom_fields > CUSTOM_FIELDS:
        found.append(f"{size.words('custom_fields', 'custom fields')} (more than {CUSTOM_FIELDS})")
    if size.pipelines is not None and size.pipelines > 1:
        found.append(f"{size.words('pipelines', 'pipelines')} (more than one)")
    return tuple(found)


def timeline(size: Size, seconds: float | None = None) -> Timeline:
    """The calendar of a migration. seconds: of the run by the account's limits, where that is known."""
    why = longer(size)
    *before, last = _LONG if why else _BASE
    run = math.ceil((seconds or 0) / WEEK_SECONDS)
    last = msgspec.structs.replace(last, least=max(last.least, run), most=max(last.most, run))
    phases = (*before, last)
    counted = [p for p in phases if not p.beside]
    return Timeline(least=sum(p.least for p in counted), most=sum(p.most for p in counted), phases=phases, longer=why)
