"""The pairs that the harness plays: what differs between the destinations of one source."""

from typing import Any, NamedTuple

from adapters.sandbox.nutshell.rpc.methods import reads

ANSWERS = {
    "owner": "user:migration@brightpath.example",
    "value": "stage:Verbal Yes (pending PO)",
    "ambiguous": "skip",
    "orphan": "skip",
}
"""What the recorded decisions answer to each kind of question that stops the deals."""

WRITES = ("POST", "PUT", "PATCH", "DELETE")

PIPELINE = {
    "make": "pipeline",
    "name": "Smart CRM Online",
    "stages": [
        {"name": "New", "probability": 10},
        {"name": "Qualified", "probability": 25},
        {"name": "Proposal Sent", "probability": 50},
        {"name": "Negotiation", "probability": 75},
    ],
}
"""The pipeline of the map, as an administrator makes it where the API cannot."""

STAGE = {"make": "stage", "pipeline": "Smart CRM Online", "name": "Verbal Yes (pending PO)", "probability": None}
"""The stage that an answer adds."""

TIER = {"make": "choice", "entity": "accounts", "field": "Account Tier", "name": "Platinum"}
"""The value that the delta brings into a pick-list."""


class Pair(NamedTuple):
    """One destination.

    kind: its name, and its sandbox's. plan: as cutover.toml says it. options: what `init` is given besides. config:
    what cutover.toml says besides. settings: of the sandbox, which keeps no test waiting; ids and field keys are the
    same in every run. first, second: what an administrator makes before the first record, and before the delta. stays:
    what a rollback leaves, by table. person: the request that makes one.
    """

    kind: str
    plan: str
    options: tuple[str, ...]
    config: dict[str, Any]
    settings: dict[str, Any]
    first: tuple[dict[str, Any], ...]
    second: tuple[dict[str, Any], ...]
    stays: frozenset[str]
    person: str


PIPEDRIVE = Pair(
    kind="pipedrive",
    plan="ultimate",
    options=(),
    config={},
    settings={"plan": "ultimate", "burst": 100_000, "lag": 0.2, "account": "test"},
    first=(),
    second=(),
    stays=frozenset(),
    person="POST /api/v2/persons",
)

NUTSHELL = Pair(
    kind="nutshell",
    plan="enterprise",
    options=("--destination-user", "maya.ortiz@brightpath.example"),
    config={"requests_a_second": 10_000},
    settings={"plan": "enterprise", "lag": 0.2, "account": "test"},
    first=(PIPELINE, STAGE),
    second=(TIER,),
    stays=frozenset({"custom_fields"}),
    person="rpc newContact",
)

PAIRS = (PIPEDRIVE, NUTSHELL)


def changes(route: str) -> bool:
    """Whether a request of a route, as the sandboxes count them, may change something: `rpc` names its method."""
    verb, _, name = route.partition(" ")
    return not reads(name) if verb == "rpc" else verb in WRITES
