"""A process that appends for ever and says what is durable: `python -m tests.eventstore.writer URL WRITER BATCH`.

Each line it prints is the last position of a batch whose append has returned.
"""

import sys

from eventstore.log import Log
from eventstore.store import open_engine
from tests.eventstore.conftest import make


def main(url: str, writer: str, batch: int, batches: int) -> None:
    """Appends batches of events, some sealed, and prints the position after each."""
    log = Log(open_engine(url), "acme")
    for number in range(batches):
        events = [
            make(
                f"{writer}-{number}-{n}",
                object="contact",
                key=f"{writer}-{n}",
                sealed={"name": f"N{n}"} if n % 2 else {},
            )
            for n in range(batch)
        ]
        sys.stdout.write(f"{log.append(events)[-1].position}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
