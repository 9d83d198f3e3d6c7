"""What there is: versions, resources, objects, fields, limits, counts."""

from adapters.protocols import Json, Response
from adapters.sandbox.salesforce import describes
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import JSON, RefusedError
from adapters.sandbox.salesforce.records import described
from adapters.sandbox.salesforce.settings import SalesforceSettings
from adapters.sandbox.salesforce.state import DAY, Draft

_SEASONS = ("Spring", "Summer", "Winter")
_FIRST_OF_2024 = 60
JOBS_A_DAY = 10_000
MEGABYTES_A_DAY = 976_562


def versions(settings: SalesforceSettings) -> Response:
    """GET /services/data/: without login. Three releases a year; the winter's is named for the year to come."""
    out = []
    for number in range(settings.oldest, settings.newest + 1):
        year = 24 + (number + 1 - _FIRST_OF_2024) // 3
        label = f"{_SEASONS[number % 3]} '{year:02}"
        out.append({"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"})
    return Response(status=200, body=out, headers=JSON)


def resources(draft: Draft, ask: Ask) -> Response:
    """GET /services/data/vXX.0/."""
    del ask
    names = ("sobjects", "query", "queryAll", "limits", "jobs", "tooling", "composite", "search", "recent")
    return _ok({name: f"{draft.root}/{name}" for name in names})


def objects(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects: what this user may see."""
    del ask
    found = [describes.summary(draft, one) for one in describes.visible(draft)]
    return _ok({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def one_object(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects/<Object>."""
    return _ok({"objectDescribe": describes.summary(draft, described(draft, ask)), "recentItems": []})


def describe(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects/<Object>/describe."""
    found = described(draft, ask)
    return _ok({**found, "urls": describes.urls(draft, found["name"])})


def limits(draft: Draft, ask: Ask) -> Response:
    """GET /limits: for users with View Setup."""
    del ask
    if not draft.settings.view_setup:
        raise RefusedError("API_DISABLED_FOR_ORG", "limits resource is not enabled for this user", 403)
    used = draft.state.used(draft.now) + 1
    jobs = [one for one in draft.table("jobs").values() if one["born"] > draft.now - DAY]
    out = {
        "DailyApiRequests": (draft.settings.daily, used),
        "DailyBulkV2QueryJobs": (JOBS_A_DAY, len(jobs)),
        "DailyBulkV2QueryFileStorageMB": (MEGABYTES_A_DAY, 0),
    }
    return _ok({name: {"Max": most, "Remaining": max(0, most - spent)} for name, (most, spent) in out.items()})


def counts(draft: Draft, ask: Ask) -> Response:
    """GET /limits/recordCount?sObjects=A,B: what is not deleted, archived or not; unknown objects left out."""
    wanted = [name for name in ask.query.get("sObjects", "").split(",") if name]
    found = [describes.find(draft, name) for name in wanted] if wanted else describes.visible(draft)
    names = [one["name"] for one in found if one is not None]
    rows = {name: draft.state.rows.get(name, {}).values() for name in names}
    counted = [{"count": sum(not row.get("IsDeleted") for row in rows[name]), "name": name} for name in names]
    return _ok({"sObjects": counted})


def _ok(body: Json) -> Response:
    return Response(status=200, body=body, headers=JSON)
