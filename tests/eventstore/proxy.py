"""A proxy before PostgreSQL that loses the answer to a commit, as a broken connection does."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, make_url

COMMIT = b"COMMIT"
_CHUNK = 65536


class Proxy:
    """Stands between a client and the server at `url`; `address` is what the client connects to.

    lose: so many of the next commits reach the server, which answers, and the answer is dropped with the connection.
    refuse: nobody gets a connection while it is set. lost: how many answers were dropped.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.lose = 0
        self.lost = 0
        self.refuse = False
        self._server = make_url(url)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._folder = folder
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def address(self) -> URL:
        """The address of the database through the proxy."""
        return self._server.set(host=None, port=None, query={"host": str(self._folder)})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is closed in the end
            while True:
                client, _ = self._listener.accept()
                if self.refuse:
                    client.close()
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _connect(self) -> socket.socket:
        host = self._server.query.get("host") or self._server.host or ""
        if str(host).startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{host}/.s.PGSQL.{self._server.port or 5432}")
            return server
        return socket.create_connection((str(host), self._server.port or 5432))

    def _serve(self, client: socket.socket) -> None:
        """Hand bytes on, both ways, until a commit is to be lost or one side leaves."""
        server = self._connect()
        losing = threading.Event()
        back = threading.Thread(target=self._answers, args=(server, client, losing), daemon=True)
        back.start()
        with suppress(OSError):
            while data := client.recv(_CHUNK):
                if COMMIT in data and self.lose:
                    self.lose -= 1
                    losing.set()
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
        back.join()
        server.close()
        client.close()

    def _answers(self, server: socket.socket, client: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(_CHUNK):
                if losing.is_set():  # the server has done it; nobody hears
                    self.lost += 1
                    break
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
