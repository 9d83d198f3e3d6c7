"""improveit 360: a managed package on Salesforce, in two editions with different objects.

Classic (namespace i360) turns about the Prospect, a household; Lightning (namespace i360core) about the Account. An org
may hold both. Objects and fields keep their API names; what `docs/sources/improveit-360.md` calls assumed is assumed.
"""

from collections.abc import Mapping
from pathlib import Path

from adapters.connector import Api, Options, SourceConnector
from adapters.protocols import RemoteSource, Source
from adapters.sources.dialect import Dialect
from adapters.sources.improveit_360.product import NAME, ImproveIt360
from adapters.sources.salesforce import login
from adapters.sources.salesforce.export import WeeklyExport
from adapters.sources.salesforce.source import BULK_FROM, Salesforce


def open_api(options: Options, export: Path | None = None) -> RemoteSource:
    """The org. `bulk_from`: from how many records on an object is read by Bulk API; "never" for none."""
    del export  # the API keeps nothing back that an export has
    stated = options.get("bulk_from", "") or str(BULK_FROM)
    if stated != "never" and not stated.isdigit():
        raise ValueError(f'bulk_from = {stated!r}: it is a number of records, or "never".')
    return Salesforce(ImproveIt360(), bulk_from=None if stated == "never" else int(stated))


def open_export(path: Path, dialects: Mapping[str, Dialect] | None = None) -> Source:
    """The weekly data export of the org: a folder or a ZIP with one CSV file an object."""
    return WeeklyExport(ImproveIt360(), path, dialects)


CONNECTOR = SourceConnector(
    name=NAME,
    label="improveit 360",
    api=Api(
        open=open_api,
        credentials=login.credentials,
        login=login.login,
        domain=login.DOMAIN,
        options=(*login.OPTIONS, "bulk_from"),
        required=("client_id",),
        address="https://company.my.salesforce.com",
    ),
    bundle=open_export,
    documented=True,  # Salesforce publishes it
    ask=(
        "Is it Classic (Prospects), Lightning (Accounts), or a Classic org that was turned on for Lightning?",
        "Can you send the vendor's Excel file with the whole object and field schema (glossary page, June 2025)?",
        "Can an administrator create an External Client App with client credentials flow and a run-as user?",
        "May its user have API Enabled, View All Data, View Setup and Configuration, and Query All Files?",
        "Which other programs use the API, and how many of the day's calls may we take?",
        "Who is the owner of a sale: the sales rep (a Staff record) or the user who typed it?",
        "Which staff have no user, and who at the destination takes their records?",
        "Since when is field history switched on for the status of sales, from which stage times come?",
        "Does QuickBooks synchronise with the org, and which side wins?",
        "Which duplicate and validation rules are active, and may they be looked up in Setup?",
        "If the API is closed: can you order the data export with all data, images, documents and attachments?",
    ),
)
"""The source, by API first, then by the weekly export."""
