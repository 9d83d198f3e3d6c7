"""What can rebuild a thing at a destination, and on which plan: dated facts, or a clear "nothing does".

Sources: Pipedrive's support pages "Usage limits in Pipedrive" (August 2025: automations, sequences, reports by plan),
"Automatic assignment" (November 2023) and "Data fields" (March 2024); Nutshell's "Assign leads to your sales reps" and
"What is sales automation?". Where no page names a plan the entry says so; it is never guessed.
"""

import msgspec

UNNAMED = "not published: ask before counting on it"
"""The plan of what no page names a plan for."""
EVERY = "every plan"


class Rebuild(msgspec.Struct, frozen=True, kw_only=True):
    """A feature of a destination. feature: empty where nothing does it. plans: the least, of today's and of older ones.

    note: what is to be known. source: of the plan, with its date.
    """

    feature: str
    plans: tuple[str, ...] = ()
    note: str = ""
    source: str = ""

    @property
    def plan(self) -> str:
        """The plan that it needs, for people."""
        if not self.feature:
            return ""
        named = [name if name == EVERY else f"{name.capitalize()} and up" for name in self.plans]
        return f"{named[0]} (older plans: {named[1]})" if len(named) > 1 else "".join(named) or UNNAMED


PLANS: dict[str, tuple[tuple[str, ...], ...]] = {
    "pipedrive": (
        ("lite", "growth", "premium", "ultimate"),
        ("essential", "advanced", "professional", "power", "enterprise"),
    ),
    "nutshell": (("foundation", "growth", "pro", "business", "enterprise"),),
}
"""The plans of a destination, smallest first; Pipedrive's older ones by themselves."""

_USAGE = "Usage limits in Pipedrive, August 2025"
_AUTOMATIONS = Rebuild(
    feature="Automations",
    plans=("growth", "advanced"),
    note="50 active on Growth, 150 on Premium, 250 on Ultimate; switch them on after the last delta.",
    source=_USAGE,
)
_N_AUTOMATION = Rebuild(
    feature="Sales automation of a pipeline (stage goals, tasks and advances)",
    note="What it cannot trigger is done by Zapier, or by hand.",
    source="What is sales automation?, Nutshell support",
)
_RECONNECT = "Reconnect it by its app, else by Zapier; its records keep their ids in custom fields."

REBUILDS: dict[str, dict[str, Rebuild]] = {
    "pipedrive": {
        "automation": _AUTOMATIONS,
        "assignment": Rebuild(
            feature="Automatic assignment",
            plans=("premium", "professional"),
            note="50 rules for each kind; on Growth an automation can change the owner. That Premium took the place of "
            "Professional is inferred.",
            source="Automatic assignment, November 2023",
        ),
        "follow-up": msgspec.structs.replace(
            _AUTOMATIONS, note="An automation with the stage as its trigger makes the activity, after a delay."
        ),
        "validation": Rebuild(
            feature="Required and important fields",
            note="They say that a field is filled, not what is in it: a rule over values has no twin.",
            source="Data fields in Pipedrive, March 2024",
        ),
        "sequence": Rebuild(
            feature="Sequences", plans=("growth", "professional"), note="5 on Growth, 25 on Premium.", source=_USAGE
        ),
        "code": Rebuild(
            feature="Webhooks, with a program of your own",
            plans=(EVERY,),
            note="Code is written again; simple cases fit an automation.",
            source="Pipedrive's API reference",
        ),
        "integration": Rebuild(feature="Marketplace app", plans=(EVERY,), note=_RECONNECT, source="Marketplace"),
        "report": Rebuild(
            feature="Insights", plans=(EVERY,), note="15 reports a user on Lite, 50 on Growth.", source=_USAGE
        ),
        "routing": Rebuild(feature="", note="Nothing in Pipedrive routes calls: a telephony app does."),
        "disposition": Rebuild(
            feature="Activity types",
            plans=(EVERY,),
            note="Activities take no custom fields: the outcome stays a line of text, or is a type of its own.",
            source="Pipedrive's API reference",
        ),
        "quoting": Rebuild(
            feature="Products",
            plans=(EVERY,),
            note="Quotes themselves need an app, or the Smart Docs add-on.",
            source="Pipedrive's API reference",
        ),
        "setting": Rebuild(
            feature="Permission sets and visibility groups",
            plans=("premium", "professional"),
            note="Smaller plans have the built-in ones.",
            source=_USAGE,
        ),
        "file": Rebuild(feature="Files of a record", plans=(EVERY,), note="Uploaded by hand, where one is needed."),
        "other": Rebuild(feature="", note="There is no twin; an administrator decides what takes its place."),
    },
    "nutshell": {
        "automation": _N_AUTOMATION,
        "assignment": Rebuild(
            feature="Automated lead assignment",
            plans=("growth",),
            note="By form, import or new lead, to people or teams.",
            source="Assign leads to your sales reps, Nutshell support",
        ),
        "follow-up": _N_AUTOMATION,
        "validation": Rebuild(feature="", note="Nothing in Nutshell checks values: agree on them, and look at lists."),
        "sequence": Rebuild(feature="Personal email sequences", note="Their texts are typed in again."),
        "code": Rebuild(
            feature="Webhooks or Zapier, with a program of your own",
            note="Code is written again.",
            source="Nutshell's REST description",
        ),
        "integration": Rebuild(feature="Integrations", note=_RECONNECT),
        "report": Rebuild(feature="Reports", note="They are built again from the data that has moved."),
        "routing": Rebuild(feature="", note="Nothing in Nutshell routes calls: a telephony service does."),
        "disposition": Rebuild(
            feature="Outcomes of activities", note="The outcome stays a line of text at each activity."
        ),
        "quoting": Rebuild(feature="Products and quotes", note="Products by decision; templates are set up again."),
        "setting": Rebuild(
            feature="Teams and permissions",
            plans=("growth",),
            note="Teams are on Growth and up.",
            source="Teams: create teams, Nutshell support",
        ),
        "file": Rebuild(feature="Files of a record", note="Uploaded by hand in the web app, where one is needed."),
        "other": Rebuild(feature="", note="There is no twin; an administrator decides what takes its place."),
    },
}
"""By destination and kind of thing."""

KINDS = tuple(REBUILDS["pipedrive"])
"""Every kind of thing that may be listed."""


def rebuild_of(destination: str, kind: str) -> Rebuild:
    """What rebuilds a kind of thing at a destination: a feature, or the word that nothing is known."""
    there = REBUILDS.get(destination, {})
    return there.get(kind, Rebuild(feature="", note=f"Nobody has looked up what {destination} has for this."))


def included(destination: str, plan: str, rebuild: Rebuild) -> bool | None:
    """Whether an account's plan has a feature; None where nobody knows."""
    if not rebuild.feature or not rebuild.plans:
        return None
    if EVERY in rebuild.plans:
        return True
    for row in PLANS.get(destination, ()):
        least = next((row.index(name) for name in rebuild.plans if name in row), None)
        if plan.lower() in row and least is not None:
            return row.index(plan.lower()) >= least
    return None
