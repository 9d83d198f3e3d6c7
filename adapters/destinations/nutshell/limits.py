"""What Nutshell's API cannot do, and what its plans limit: said before anything moves."""

from collections.abc import Iterable

from adapters.destinations.nutshell.catalogue import ENTITIES
from adapters.protocols import Cap, Field, Lack, ObjectSchema

OPEN_LEADS: dict[str, int] = {"foundation": 100}
"""How many open leads a plan allows. Source: Nutshell's list of plans, August 2026."""
OPEN_LEADS_SOURCE = "Nutshell's list of plans, August 2026"

CUSTOM_FIELDS: dict[str, int | None] = {
    "foundation": 10, "growth": 20, "pro": 20, "business": 30, "enterprise": None,
}  # fmt: skip
"""How many custom fields a plan allows; None: any number. Only the last is advertised, the others are hearsay."""
CUSTOM_FIELDS_SOURCE = "unconfirmed figure of August 2026; Nutshell publishes none"

PLANS = tuple(CUSTOM_FIELDS)
"""The plans of August 2026, the smallest first. Contacts are unlimited on each."""


def caps(plan: str | None, fields: int, open_leads: int | None) -> tuple[Cap, ...]:
    """The limits of a plan with what is used of them; none where the plan is not known."""
    if plan is None:
        return ()
    found: list[Cap] = []
    most = CUSTOM_FIELDS[plan]
    if most is not None:
        found.append(
            Cap(
                code="custom-fields",
                entities=("field",),
                limit=most,
                used=fields,
                plan=plan,
                source=CUSTOM_FIELDS_SOURCE,
            )
        )
    if plan in OPEN_LEADS:
        found.append(
            Cap(
                code="open-records",
                entities=("lead",),
                limit=OPEN_LEADS[plan],
                used=open_leads,
                plan=plan,
                source=OPEN_LEADS_SOURCE,
            )
        )
    return tuple(found)


_IN_APP = "An administrator makes it in the app before the load; the checklist closes when the account shows it."


_SWITCHED_OFF = (
    ("pipeline", "custom", ("foundation", "growth"),
     "no pipelines of one's own in the list of plans (pro has 5, business 10, enterprise any number)",
     "Leads of several pipelines share the account's own one, or the plan is upgraded."),
)  # fmt: skip
"""Features by entity: which plans have them switched off, in words, and what is done instead. August 2026."""


def lacks(objects: Iterable[ObjectSchema], plan: str | None = None, *, acting: bool) -> tuple[Lack, ...]:
    """Everything that the API cannot do or the plan has switched off, by name; the pick-lists are the account's."""
    return (*_makes(objects), *_stays(), *_dates(), *_authors(acting=acting), *_arranged(), *_of_plan(plan))


def _of_plan(plan: str | None) -> list[Lack]:
    return [
        Lack(action="plan", entity=entity, field=field, what=f"The plan {plan!r} has {what}.", instead=instead)
        for entity, field, plans, what, instead in _SWITCHED_OFF
        if plan in plans
    ]


def _arranged() -> list[Lack]:
    return [
        Lack(
            action="arrange",
            entity="field",
            field="layout",
            what="The API cannot arrange fields on the pages of records.",
            instead="An administrator arranges them in the settings.",
        ),
        Lack(
            action="arrange",
            entity="stage",
            field="color",
            what="How stages and pipelines look, and what is set lead by lead, is not moved.",
            instead="The customer sets it in the settings.",
        ),
    ]


def _makes(objects: Iterable[ObjectSchema]) -> list[Lack]:
    found = [
        Lack(action="create", entity="pipeline", what="The API cannot make pipelines.", instead=_IN_APP),
        Lack(action="create", entity="stage", what="The API cannot make stages.", instead=_IN_APP),
        Lack(
            action="create",
            entity="user",
            what="The API cannot add users.",
            instead="An administrator invites them; until then their records belong to the user that is set for them.",
        ),
    ]
    for thing in objects:
        found += [_grown(thing, field) for field in thing.fields if field.options and not _grows(field)]
    return found


def _grown(thing: ObjectSchema, field: Field) -> Lack:
    what = f"The API cannot add values to {thing.label.lower()} {field.label!r}."
    return Lack(action="create", entity=thing.name, field=field.key, what=what, instead=_IN_APP)


def _grows(field: Field) -> bool:
    """Whether the API can add to a pick-list, or nobody can: states of a lead, yes and no."""
    return field.key in ("tags", "sources", "status") or field.kind == "boolean"


def _stays() -> list[Lack]:
    return [
        Lack(
            action="delete",
            entity="field",
            what="The API can neither change nor delete custom fields.",
            instead="Fields that were made stay after a rollback; they are listed, and an administrator deletes them.",
        ),
        Lack(
            action="upload",
            entity="file",
            what="The API takes no files.",
            instead="Each file becomes a link in a note; the digest of its content is kept in the log.",
        ),
    ]


def _dates() -> list[Lack]:
    headed = "The note's text begins with a line that names the date (and the author, where that cannot be set)."
    kept = "Map the original time to a custom field of the type Date."
    found = [
        Lack(action="date", entity="note", field="add_time", what="The API dates a note to now.", instead=headed),
        Lack(
            action="date",
            entity="activity",
            field="created_time",
            what="The time at which an activity was logged cannot be set.",
            instead="Its start and its end are set to when it took place.",
        ),
        Lack(
            action="date",
            entity="lead",
            field="closed_time",
            what="A lead is closed at the time of the call; the original time cannot be set.",
            instead=kept,
        ),
        Lack(
            action="date",
            entity="task",
            field="done",
            what="The API does not say how a task is completed.",
            instead="Move completed tasks as logged activities, or leave them out; open ones become tasks.",
        ),
        Lack(
            action="date",
            entity="task",
            field="due_time",
            what="Of a task that exists, the API changes the assignee only.",
            instead="A changed title, text or time is shown by the reconciliation; people change it in the app.",
        ),
        Lack(
            action="date",
            entity="contact",
            field="job_title",
            what="A person without a company has no job title.",
            instead="It heads the person's description until a company is linked.",
        ),
    ]
    for name in ("account", "contact", "lead"):
        what = f"The time at which a {ENTITIES[name].label.lower()} was created cannot be set."
        found.append(Lack(action="date", entity=name, field="created_time", what=what, instead=kept))
    return found


def _authors(*, acting: bool) -> list[Lack]:
    found = [
        Lack(
            action="author",
            entity="note",
            field="text",
            what="Only its author can change a note, and only within 24 hours.",
            instead="A later change is refused by Nutshell and stands in the list of rejected writes.",
        )
    ]
    if not acting:
        found += [
            Lack(
                action="author",
                entity=name,
                field="author",
                what=f"The key may not act for other users, so that it is the author of every {name}.",
                instead="The text begins with a line that names the author.",
            )
            for name in ("note", "activity")
        ]
    return found
