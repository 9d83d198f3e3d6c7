"""Checks exchanges with Nutshell against the descriptions of both its APIs.

`Contract(shared_dir).check_exchange(request, response)` gives what is wrong: nothing for a good one. It reads
`contracts/nutshell-rest.yaml` and `contracts/nutshell-jsonrpc.json` below the directory.
"""

import os
from pathlib import Path

from adapters.protocols import Request, Response
from tests.sandbox_nutshell.contract_rest import RestContract
from tests.sandbox_nutshell.contract_rpc import RpcContract

SHARED = Path(os.environ.get("CUTOVER_SHARED") or Path(__file__).resolve().parents[3] / "shared")
"""Where the descriptions lie."""

ABSENT = None if (SHARED / "contracts" / "nutshell-rest.yaml").exists() else f"no contracts below {SHARED}"
"""Why contract tests skip, or None."""


class Contract:
    """The descriptions of JSON-RPC and REST."""

    def __init__(self, shared_dir: Path = SHARED) -> None:
        self.rest = RestContract(shared_dir / "contracts" / "nutshell-rest.yaml")
        self.rpc = RpcContract(shared_dir / "contracts" / "nutshell-jsonrpc.json")

    def check_exchange(self, request: Request, response: Response) -> list[str]:
        """What is wrong with a request and its answer. The request of a refused one is not looked at."""
        if request.path.startswith("/rest/"):
            return self.rest.check(request, response)
        if request.path in ("/api/v1/json", "/v1/json"):
            return self.rpc.check(request, response)
        return [] if response.status == 404 else [f"{request.path} is no address of Nutshell"]
