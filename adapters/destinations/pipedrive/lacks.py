"""What Pipedrive's API cannot do, and what is done instead: said before anything moves.

Source: the body schemas of the API descriptions (August 2026). No deletion stands here: what this adapter creates, it
can delete again. Records stay restorable in the web app for 30 days, and their ids are not used again.
"""

from adapters.protocols import Lack

_FIELD = "The map can keep the original time in a custom date field, or in a text field where the hour matters."
_LINE = "The map can keep the original time as a labelled line of the text."


def _created(entity: str, what: str, instead: str) -> Lack:
    return Lack(
        action="date",
        entity=entity,
        field="add_time",
        what=f"The time at which {what} was created cannot be set: Pipedrive shows the time of the migration.",
        instead=instead,
    )


def _changed(entity: str, what: str) -> Lack:
    return Lack(
        action="date",
        entity=entity,
        field="update_time",
        what=f"The time of the last change of {what} cannot be set.",
        instead="Pipedrive shows the time of the migration; the source's own stays in the migration's log.",
    )


LACKS: tuple[Lack, ...] = (
    _created("deal", "a deal", _FIELD),
    _created("lead", "a lead", _FIELD),
    _created("product", "a product", _FIELD),
    _created("activity", "an activity", _LINE),
    _created("deal_product", "a product of a deal", "The map can keep it as a labelled line of the comments."),
    _created("file", "a file", "The map can keep the original time as a labelled line of the file's description."),
    _created("remote_file", "a link to a file", "The map can keep it as a labelled line of its description."),
    *(
        _changed(entity, what)
        for entity, what in (
            ("organization", "an organization"), ("person", "a person"), ("deal", "a deal"), ("lead", "a lead"),
            ("activity", "an activity"), ("note", "a note"), ("product", "a product"),
            ("deal_product", "a product of a deal"), ("file", "a file"), ("remote_file", "a link to a file"),
        )
    ),
    Lack(
        action="date",
        entity="deal",
        field="stage_change_time",
        what="A deal has no past in its stages: which stage it was in and when cannot be written.",
        instead="The deal enters its present stage at the time of the migration; the history can be kept in a note.",
    ),
    Lack(
        action="date",
        entity="activity",
        field="marked_as_done_time",
        what="An activity that is done counts as done at the time of the migration.",
        instead="The due date holds the real day, and the report of activities by due date is right.",
    ),
    Lack(
        action="author",
        entity="note",
        field="comments",
        what="A comment on a note is written by the owner of the API token, at the time of the migration.",
        instead="The map can keep comments as labelled lines of their note, with author and time.",
    ),
    Lack(
        action="author",
        entity="file",
        field="user_id",
        what="A file is uploaded by the owner of the API token.",
        instead="The map can keep the original author as a labelled line of the file's description.",
    ),
    Lack(
        action="author",
        entity="deal",
        field="creator_user_id",
        what="The creator of every record is the owner of the API token.",
        instead="The owner of the record is set; the original creator can be kept in a custom field.",
    ),
    Lack(
        action="arrange",
        entity="field",
        field="layout",
        what="The order and the grouping of new fields on the pages of records are left as the account makes them.",
        instead="An administrator arranges them in the settings.",
    ),
    Lack(
        action="arrange",
        entity="stage",
        field="color",
        what="Colours of stages, and what is set deal by deal (rotting, followers' notices), are not moved.",
        instead="The customer sets them in the pipeline's settings.",
    ),
    Lack(
        action="arrange",
        entity="options",
        field="color",
        what="The colour of an option or a label of organizations, persons and deals cannot be set.",
        instead="New labels get Pipedrive's own colour; an administrator may change it in the settings.",
    ),
    Lack(
        action="create",
        entity="lead",
        field="source_name",
        what="The source of a lead that comes through the API is always API.",
        instead="The map can keep the original source in a custom field or as a label.",
    ),
    Lack(
        action="create",
        entity="user",
        what="Users are not invited: each is a paid seat.",
        instead="Owners are matched to the account's users by e-mail; who is missing is invited by an administrator.",
    ),
    Lack(
        action="create",
        entity="deal",
        field="currency",
        what="A currency that the account has not cannot be made through the API.",
        instead="An administrator adds it in the settings; until then values in it are refused.",
    ),
)  # fmt: skip
"""Each lack once, by action, entity and field."""

_SWITCHED_OFF = (
    ("field", "formula", ("lite", "growth"),
     "no formula fields and no fields of a single pipeline (from premium on; not confirmed by the vendor)",
     "What a formula works out is copied as a value, a field shows in every pipeline; or the plan is upgraded."),
    ("deal_product", "recurring", ("lite",), "no recurring billing and no instalments of products (from growth on)",
     "Every line is billed once, or the plan is upgraded."),
)  # fmt: skip
"""Features by entity: which plans have them switched off, in words, and what is done instead. August 2026."""


def of_plan(plan: str | None) -> tuple[Lack, ...]:
    """What a plan has switched off; nothing where the plan is not known."""
    return tuple(
        Lack(action="plan", entity=entity, field=field, what=f"The plan {plan!r} has {what}.", instead=instead)
        for entity, field, plans, what, instead in _SWITCHED_OFF
        if (plan or "").lower() in plans
    )
