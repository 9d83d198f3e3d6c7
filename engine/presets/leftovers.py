"""What of a source no interface gives, so that it stays behind whatever the data says.

By source, from the pages that came with the project and from what the vendors' documentation lacks. Each is listed in
the inventory, so that nobody finds out after the cutover.
"""

import msgspec


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that stays behind. kind: as in `engine.rebuild`. instead: what is handed over in its place."""

    kind: str
    name: str
    why: str
    instead: str = ""


def _reports(instead: str = "Note down which are used, with their filters; they are built again.") -> Left:
    return Left(kind="report", name="Reports and dashboards", why="No interface gives saved reports.", instead=instead)


_SEQUENCES = Left(
    kind="sequence",
    name="E-mail sequences and templates",
    why="No interface gives them.",
    instead="Copy the texts and the days between them by hand.",
)
_RIGHTS = Left(
    kind="setting",
    name="Roles, rights and saved views",
    why="They have no twin: each product divides rights otherwise.",
    instead="An administrator sets them up before people are invited.",
)
_SCREENSHOTS = "Ask for screenshots of each; declare them with `cutover inventory declare`."
_WORKFLOWS = Left(
    kind="automation", name="Workflows and automations", why="The export does not show them.", instead=_SCREENSHOTS
)

LEFT: dict[str, tuple[Left, ...]] = {
    "pro-sales-crm": (
        _WORKFLOWS,
        Left(kind="routing", name="Call routing rules", why="The API does not show them.", instead=_SCREENSHOTS),
        Left(
            kind="disposition",
            name="Configuration of call dispositions",
            why="The API gives the outcome of each call, not the list that it is chosen from.",
            instead="The outcomes that calls have are in their text.",
        ),
        _SEQUENCES,
        _reports(),
        _RIGHTS,
    ),
    "improveit-360": (
        Left(
            kind="automation",
            name="Project-management logic",
            why="Steps, dependencies and job costing belong to the package.",
            instead="Each job becomes a task with its figures; its view is built again.",
        ),
        Left(
            kind="quoting",
            name="Quoting set-up",
            why="Price books and templates of quotes belong to the package.",
            instead="By decision they become products; the rest is set up again.",
        ),
        _SEQUENCES,
        _reports("The standard export leaves them out; note down which are used, with their filters."),
        _RIGHTS,
    ),
    "promoxcrm": (
        Left(kind="automation", name="Task rules", why="The API does not show them.", instead=_SCREENSHOTS),
        Left(
            kind="integration",
            name="Native integrations (Xero, Stripe, Mailchimp)",
            why="Connections and their settings are in no interface.",
            instead="Each is connected again; declare those that are in use.",
        ),
        _SEQUENCES,
        _reports("Deal history, stage counts, task completion and lead sources can be had from the data."),
        _RIGHTS,
    ),
    "smart-crm-online": (
        _WORKFLOWS,
        Left(
            kind="automation",
            name="Process configurations",
            why="The CSV export has records alone.",
            instead=_SCREENSHOTS,
        ),
        _SEQUENCES,
        _reports(),
        _RIGHTS,
    ),
    "results": (
        _WORKFLOWS,
        Left(
            kind="integration",
            name="The link with QuickBooks",
            why="Linked records have two sources of truth; the link itself is not exported.",
            instead="The accounting stays the master; it is connected again.",
        ),
        _SEQUENCES,
        _reports(),
        _RIGHTS,
    ),
}
"""By source."""

ALL: tuple[Left, ...] = (_WORKFLOWS, _SEQUENCES, _reports(), _RIGHTS)
"""Of a source that has no list of its own."""
