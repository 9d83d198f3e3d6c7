"""What a Salesforce sandbox is like: its org, what the reading user may see, its limits."""

from adapters.sandbox.settings import Common


class SalesforceSettings(Common, frozen=True, kw_only=True):
    """Settings of a Salesforce sandbox. `users` and `currency` count for nothing: the org has its own.

    org: the folder that the org is read from when a state file is founded (see `folder`). start: the virtual time then,
    "2025-03-14T18:00:00Z"; empty for an hour after the newest stamp in the org, since a folder is a picture of one
    moment. lag: seconds until getDeleted and getUpdated cover a change.

    oldest, newest: the API versions that there are. page: the most records on a page of a query, whatever the client
    wishes. uneven: whether pages hold fewer than they could, as the API says they may. locator_seconds: how long a
    query can be gone on with. part: the most records in one part of a Bulk result. job_polls: at which look a Bulk job
    is complete. failing: objects whose Bulk jobs fail with a message that says nothing. decimal_ints: whether Bulk
    writes whole numbers as 0.0.

    client_id: of the app, whose secret is the sandbox's token, as is the first refresh token. run_as: the user name of
    who reads; empty for the first active user. certificate: PEM of the app's certificate or public key, for JWT bearer.
    rotate: whether a refresh token is replaced when it is used. session_seconds: how long a session lasts from its
    login; an org counts from the last use, so this is the stricter way. The sandbox's token is a session without end.

    api_enabled, view_setup, query_all_files: rights of the reading user. hidden: objects, and fields as
    "Contact.Phone", that the user may not see. daily: calls in 24 hours. app, app_daily: name and limit of the app
    where the limit header tells of it. deleted_limit: the most ids of one getDeleted or getUpdated.
    """

    org: str = ""
    start: str = ""
    lag: float = 300.0
    oldest: int = 31
    newest: int = 66
    page: int = 2000
    uneven: bool = False
    locator_seconds: float = 172_800.0
    part: int = 50_000
    job_polls: int = 2
    failing: tuple[str, ...] = ()
    decimal_ints: bool = False
    client_id: str = "cutover"
    run_as: str = ""
    certificate: str = ""
    rotate: bool = False
    session_seconds: float = 7200.0
    api_enabled: bool = True
    view_setup: bool = True
    query_all_files: bool = False
    hidden: tuple[str, ...] = ()
    daily: int = 100_000
    app: str = ""
    app_daily: int = 250
    deleted_limit: int = 600_000
