"""The address of a database: its driver, its errors in words, and nothing of its password in any of them."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from adapters.protocols import AdapterError, CredentialsError, UnreachableError
from adapters.secret import Secret
from adapters.sources import UnreadableError

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pyodbc",
    "sqlserver": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
}
"""The driver that is taken where an address names none."""

_PACKAGES = {
    "psycopg": 'psycopg: pip install "cutover[postgresql]"',
    "pymysql": "PyMySQL: pip install pymysql",
    "pyodbc": "pyodbc and Microsoft's ODBC driver: pip install pyodbc",
    "pymssql": "pymssql: pip install pymssql",
    "oracledb": "python-oracledb: pip install oracledb",
    "firebird": "sqlalchemy-firebird: pip install sqlalchemy-firebird",
    "access": "sqlalchemy-access: pip install sqlalchemy-access",
}
_EXAMPLES = "sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE, mysql://..., mssql://HOST/DATABASE?driver=..."
_LOGIN = re.compile(
    r"password authentication failed|no password supplied|access denied for user|login failed|no pg_hba\.conf entry"
    r"|role \S+ does not exist|ORA-01017|28P01|28000",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"permission (was )?denied|insufficient ?privilege|command denied|ORA-00942|ORA-01031", re.IGNORECASE
)
_SECRET_KEYS = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)
_ODBC_PASSWORD = re.compile(r"(?:pwd|password)\s*=\s*(\{[^}]*\}|[^;]*)", re.IGNORECASE)
_SAID_CHARACTERS = 300


class Address:
    """A database's URL, for connecting; `shown` is what may be printed of it."""

    def __init__(self, url: Secret) -> None:
        try:
            given = make_url(url.reveal().strip())
        except (ArgumentError, ValueError):
            raise UnreadableError(f"This is no address of a database. Write it like one of {_EXAMPLES}.") from None
        self.url = _with_driver(given)
        self.shown = URL.create(
            self.url.drivername, host=self.url.host, port=self.url.port, database=self.url.database
        ).render_as_string()
        self._hidden = sorted(set(_hidden(self.url, url.reveal())), key=len, reverse=True)

    @property
    def backend(self) -> str:
        """The kind of database: "sqlite", "postgresql", "mysql", "mssql", ..."""
        return self.url.get_backend_name()

    def file(self) -> Path:
        """The file of a SQLite database. Raises `UnreadableError` where there is none."""
        name = self.url.database or ""
        path = Path(name)
        if not name or name == ":memory:" or not path.is_file():
            raise UnreadableError(f"{name or self.shown}: there is no such SQLite file; write sqlite:///PATH/TO/FILE.")
        return path

    def no_driver(self) -> UnreadableError:
        """What to install."""
        dialect, _, driver = self.url.drivername.partition("+")
        known = _PACKAGES.get(dialect) or _PACKAGES.get(driver)
        package = known or f"of a SQLAlchemy dialect for {dialect!r}; install one"
        return UnreadableError(f"Reading {self.shown} needs the driver {package}.")

    def backend_named(self) -> str:
        """The kind of database by the address alone, where no dialect for it can be loaded."""
        return self.url.drivername.partition("+")[0]

    def words(self, error: BaseException) -> str:
        """What a driver said, without statement, parameters or anything secret, on one line."""
        original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        text = " ".join(str(original).split())
        for hidden in self._hidden:
            text = text.replace(hidden, "***")
        return text if len(text) <= _SAID_CHARACTERS else f"{text[:_SAID_CHARACTERS]}…"

    def error(self, error: SQLAlchemyError, doing: str) -> AdapterError:
        """What became of something that was tried: login refused, not reachable, or not readable."""
        said = self.words(error)
        if _LOGIN.search(said):
            return CredentialsError(f"{self.shown} refuses the login: {said}. Check user, password and their rights.")
        if isinstance(error, DBAPIError) and (error.connection_invalidated or _is_connection(error)):
            return UnreachableError(
                f"{self.shown} cannot be reached ({doing}): {said}. Check that it is up; run again."
            )
        return UnreadableError(f"{self.shown}: {doing} failed: {said}.")


def is_rights(said: str) -> bool:
    """Whether a driver's words say that the login lacks a right."""
    return bool(_RIGHTS.search(said))


def _with_driver(url: URL) -> URL:
    if "+" not in url.drivername and url.drivername in _DRIVERS:
        url = url.set(drivername=_DRIVERS[url.drivername])
    if url.drivername.startswith("mssql+pyodbc") and "odbc_connect" not in url.query:
        # asks an availability group for a secondary that cannot be written to; ignored by a single server
        url = url.update_query_dict({"ApplicationIntent": "ReadOnly"})
    return url


def _hidden(url: URL, whole: str) -> Iterator[str]:
    """Texts that must not be seen: the address, the password, and both as they are written in an address."""
    hidden = [whole]
    if url.password:
        hidden.append(str(url.password))
    for key, value in url.query.items():
        values = [value] if isinstance(value, str) else list(value)
        hidden += values if _SECRET_KEYS.search(key) else []
        hidden += [found.strip("{}") for text in values for found in _ODBC_PASSWORD.findall(text)]
    for secret in filter(None, hidden):
        yield from (secret, quote(secret, safe=""), quote_plus(secret))


def _is_connection(error: DBAPIError) -> bool:
    """Whether it is about the connection rather than a statement; only drivers' own words tell."""
    said = str(error.orig).lower()
    return error.statement is None or any(
        word in said
        for word in ("could not connect", "connection refused", "connection failed", "terminating connection",
                     "server closed the connection", "connection is lost", "connection lost", "communication link",
                     "consuming input failed", "has gone away", "timeout expired", "lost connection")
    )  # fmt: skip
