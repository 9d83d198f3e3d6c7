"""What an org can be asked, found out step by step, by reading alone."""

from email.utils import parsedate_to_datetime

from adapters.protocols import AdapterError, Flow, Json, Probed, Request, Response, Step
from adapters.sources.salesforce.org import Org, reason
from adapters.sources.salesforce.product import Product, chosen, others
from adapters.sources.salesforce.shelf import PLACES, may_read_all
from adapters.sources.salesforce.soql import literal

QUOTA_RISKY = 0.2
"""The share of the day's calls below which little is left."""

_RISKS = (
    "Results of formulas and roll-ups change without any time stamp: objects that have some are read whole each time.",
    "Deletions are known for 15 days at most; when a delta is later than that, objects are read whole.",
    "Field history is kept for 18 to 24 months as a rule: earlier stage times are not there.",
)
_FEW_RIGHTS = (
    "Our user lacks the right Query All Files: files are found from the records that they hang on. A file that "
    "hangs on no record that is read is not seen."
)


class _Steps:
    """The log of a probe."""

    def __init__(self) -> None:
        self.taken: list[Step] = []
        self.facts: dict[str, Json] = {}
        self.risks: list[str] = list(_RISKS)

    def note(self, asked: str, found: str, *, serves: bool = True, object: str = "") -> None:
        self.taken.append(Step(asked=asked, found=found, serves=serves, object=object))


def probe(product: Product) -> Flow[Probed]:
    """Versions, resources, limits, objects, edition, counts, files. What is refused is a step that does not serve."""
    org, steps = Org(), _Steps()
    names: list[str] = []
    if (yield from _versions(org, steps)):
        yield from _resources(org, steps)
        yield from _limits(org, steps)
        if (yield from _objects(org, steps)):
            names = yield from _counts(org, product, steps)
            yield from _files(org, steps)
    return Probed(
        method="api",
        usable=bool(names),
        steps=tuple(steps.taken),
        objects=tuple(names),
        facts=steps.facts,
        risks=tuple(steps.risks),
    )


def _versions(org: Org, steps: _Steps) -> Flow[bool]:
    asked = "GET /services/data/"
    try:
        answer = yield from org.choose_version()
    except AdapterError as error:
        steps.note(asked, f"no Salesforce: {reason(error)}", serves=False)
        return False
    steps.note(asked, f"a Salesforce org; version {org.version} is used")
    steps.facts |= {"version": org.version, "authentication": "OAuth 2.0, Bearer token", "paging": "cursor"}
    steps.facts |= {"incremental": True, "deletions": "visible for 15 days"}
    _date(answer, steps)
    return True


def _date(answer: Response, steps: _Steps) -> None:
    try:
        steps.facts["date"] = literal(parsedate_to_datetime(answer.headers.get("date", "")))
    except ValueError:
        steps.risks.append("Answers have no Date header, which deltas need; a proxy must let it pass.")


def _resources(org: Org, steps: _Steps) -> Flow[None]:
    asked = f"GET {org.path('')}"
    try:
        answer = yield Request(method="GET", path=org.path(""))
    except AdapterError as error:
        steps.note(asked, f"the session is not taken, or our user lacks API Enabled: {reason(error)}", serves=False)
        return
    wanted = ("query", "queryAll", "jobs", "composite", "tooling", "limits", "sobjects")
    there = [name for name in wanted if isinstance(answer.body, dict) and name in answer.body]
    steps.note(asked, f"resources: {', '.join(there) or 'not listed'}")


def _limits(org: Org, steps: _Steps) -> Flow[None]:
    asked = f"GET {org.path('limits')}"
    try:
        answer = yield Request(method="GET", path=org.path("limits"))
    except AdapterError as error:  # without View Setup and Configuration; everything else may work all the same
        steps.note(asked, f"not shown to our user: {reason(error)}", serves=False)
        steps.risks.append("The day's API calls cannot be seen: give our user View Setup and Configuration.")
        return
    daily = answer.body.get("DailyApiRequests") or {}
    most, left = int(daily.get("Max") or 0), int(daily.get("Remaining") or 0)
    steps.facts["limits"] = {"daily_calls": most, "daily_calls_left": left}
    steps.note(asked, f"{left} of {most} API calls a day are left")
    if left < QUOTA_RISKY * most:
        steps.risks.append(f"Only {left} of the day's {most} API calls are left; other programs use them, too.")


def _objects(org: Org, steps: _Steps) -> Flow[bool]:
    asked = f"GET {org.path('sobjects')}"
    try:
        yield from org.list_objects()
    except AdapterError as error:
        steps.note(asked, reason(error), serves=False)
        return False
    steps.note(asked, f"{len(org.sobjects)} objects that can be queried")
    return True


def _counts(org: Org, product: Product, steps: _Steps) -> Flow[list[str]]:
    edition, sentence = product.edition(org.sobjects)
    if edition:
        steps.facts["edition"] = edition
        steps.note("the names of the objects", sentence, serves=bool(product.core(org.sobjects)))
    asked = f"GET {org.path('limits/recordCount')}"
    candidates = [*product.core(org.sobjects), *others(product, org.sobjects)]
    try:
        counts = yield from org.rough_counts(candidates)
    except AdapterError as error:
        steps.note(asked, reason(error), serves=False)
        counts = {}
    names = [name for name in chosen(product, org.sobjects, counts) if name not in PLACES]
    for name in names:
        count = counts.get(name)
        steps.note(asked, f"about {count} records" if count is not None else "not counted", object=name)
    steps.facts["counts"] = {name: counts[name] for name in names if name in counts}
    return names


def _files(org: Org, steps: _Steps) -> Flow[None]:
    asked = "SELECT Id FROM ContentDocumentLink LIMIT 1"
    try:
        everything = yield from may_read_all(org)
    except AdapterError as error:
        steps.note(asked, reason(error), serves=False)
        return
    steps.facts["files"] = "Query All Files" if everything else "per record"
    steps.note(asked, "our user has Query All Files" if everything else "files are found from their records")
    if not everything:
        steps.risks.append(_FEW_RIGHTS)
