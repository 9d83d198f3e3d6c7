"""Sessions: asked for without a secret in the open, and asked for again when one has ended."""

from urllib.parse import urlsplit

from adapters.conformance.sources.showing import shown
from adapters.conformance.sources.stage import Stage
from adapters.protocols import Record


def test_a_login(stage: Stage) -> None:
    """It gives the address that holds the account, and credentials for it; secrets travel as such alone."""
    bench = stage.entrance()
    session = stage.enter()
    address = urlsplit(session.url)
    assert address.scheme in ("http", "https"), session.url
    assert address.hostname, session.url
    assert session.credentials.secrets(), "a session without a secret lets everybody in"
    assert stage.logins, "a session that nobody asked for"
    told = [shown(request) for request in stage.logins] + [repr(session)]
    for secret in (*bench.holds.secrets, *session.credentials.secrets()):
        assert not [text for text in told if secret in text], "a secret is told"


def test_a_session_that_ends(stage: Stage) -> None:
    """Where it ends before each page, another one is asked for, and the same records are read."""
    bench = stage.entrance()
    calm = {o.name: stage.records(o.name) for o in stage.objects}
    asked = len(stage.logins)
    for o in stage.objects:
        found: list[Record] = []
        at: str | None = None
        while True:
            bench.end()
            page = stage.run(stage.source.read(o.name, None, at))
            found += page.records
            at = page.next
            if at is None:
                break
        assert found == calm[o.name], o.name
    assert len(stage.logins) > asked, "the session never ended"
