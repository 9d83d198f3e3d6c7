"""How requests to an undocumented API are signed: by what the probe found, said in the options."""

from adapters.connector import Options
from adapters.credentials import BasicKey, Bearer, Credentials, HeaderKey
from adapters.secret import Secret
from adapters.sources import UnreadableError

OPTIONS = ("url", "base", "auth", "header", "user")
"""url: the account's own address. base: the API's path there. auth: "header", "bearer" or "basic". header: the name of
the key's header. user: the user name of "basic"."""


def credentials(secret: Secret, options: Options) -> Credentials:
    """What signs each request. A key in the address is not offered: addresses are written to logs.

    Raises UnreadableError for a way that is not there.
    """
    way = options.get("auth", "header")
    if way == "bearer":
        return Bearer(secret)
    if way == "basic":
        return BasicKey(options.get("user", ""), secret)
    if way == "header":
        return HeaderKey(options.get("header", "X-Api-Key"), secret)
    raise UnreadableError(f"there is no way to sign requests called {way!r}: say header, bearer or basic.")
