"""A paged JSON API as a source, read by its vendor's table; with an export beside it, or by the export alone."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from adapters.protocols import Flow, Page, Probed, Refused, RefusedError, Request, Response, Schema, Verdict
from adapters.sources.rest import answers, probing
from adapters.sources.rest.addresses import ElsewhereError, followed
from adapters.sources.rest.converting import SIGNED
from adapters.sources.rest.deriving import Deriver
from adapters.sources.rest.fullness import Reader
from adapters.sources.rest.paging import Where, begin
from adapters.sources.rest.reading import State, page
from adapters.sources.rest.supplement import Supplement
from adapters.sources.rest.survey import survey
from adapters.sources.rest.table import Learned, Table, place

ADDRESS = "url"
"""The option that says the account's own address, so that an absolute link can be told from one to another host."""


class RestSource:
    """A vendor's API (see `adapters.protocols`: RemoteSource, Probing, Downloads).

    table: the vendor. options: "url", the account's own address; "base", where the API lies if not where the table
    says. export: the path of a CSV export of the same day, which fills in what the API keeps back. There is no
    incremental reading: neither vendor can be trusted to stamp every change.
    """

    unit = "call"

    def __init__(self, table: Table, options: Mapping[str, str], export: Path | None = None) -> None:
        base = (options.get("base") or table.base).rstrip("/")
        self.table = msgspec.structs.replace(table, base=base)
        self.name = table.system
        self._where = Where(options.get(ADDRESS, ""), base)
        self._supplement = Supplement(self.table, export) if export else None
        self._reader: Reader | None = None
        self._deriver = Deriver(self.table.derived, lambda name, at: self.read(name, None, at))

    def price(self, request: Request) -> int:
        """One call."""
        del request
        return 1

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request."""
        return answers.verdict(request, response)

    def schema(self) -> Flow[Schema]:
        """What the account holds, from its lookups and the first pages of each object."""
        surveyed = yield from survey(self.table, self._where, self._supplement)
        self._reader = Reader(self.table, self._where, surveyed, self._supplement)
        self._deriver.forget()
        return surveyed.schema

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:  # noqa: ARG002 - full snapshots
        """One page of an object. `since` is not heeded: every reading is a full snapshot."""
        if self._reader is None:
            yield from self.schema()
        assert self._reader is not None  # noqa: S101
        if self._deriver.makes(object):
            return (yield from self._deriver.page(object, at))
        return (yield from self._reader.read(object, at))

    def probe(self) -> Flow[Probed]:
        """Find out step by step what the API answers. Only ever asks."""
        return probing.probe(self.table, self._where)

    def download(self, reference: str) -> Flow[Response]:
        """Ask for a file; one whose address is signed is looked up again first, since signatures run out.

        Raises FileNotFoundError where the file is gone, or lies at another host.
        """
        address = reference
        if reference.startswith(SIGNED):
            address = yield from self._again(reference.removeprefix(SIGNED))
        if not address.strip():
            raise FileNotFoundError("the record names no address of a file")
        try:
            path, query = followed(address, self._where.account, "/")
        except ElsewhereError as error:
            raise FileNotFoundError(f"the file is not fetched: {error}; save it by hand") from None
        try:
            return (yield Request(method="GET", path=path, query=query, save=True))
        except RefusedError as error:
            raise FileNotFoundError(_gone(error.verdict)) from None

    def _again(self, reference: str) -> Flow[str]:
        """The present address of a file, from the record that names it."""
        id, _, at = reference.partition("#")
        for endpoint in self.table.endpoints:
            if not any(column.convert == "file" and column.at == at for column in endpoint.columns):
                continue
            state: State | None = State(at=begin(endpoint.paging))
            while state is not None:
                path = f"{self.table.base}/{endpoint.path}"
                read = yield from page(endpoint, path, (), (), Learned(), self._where, state)
                for row in read.rows:
                    if str(place(row, endpoint.id)) == id:
                        return str(place(row, at) or "")
                state = read.state
        raise FileNotFoundError(f"the record {id}, which named the file, is no longer there")


def _gone(refused: Refused) -> str:
    if refused.status in (404, 410):
        return f"the source has the file no longer (status {refused.status}); save it by hand if it still shows there"
    return f"the source does not give the file (status {refused.status}: {refused.message}); save it by hand"
