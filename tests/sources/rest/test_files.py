"""Files of PromoXcrm: fetched where the key may go, and nowhere else."""

import pytest

from adapters.protocols import Downloads, Record
from tests.sources.rest.reading import Account, opened

ELSEWHERE = "https://app.promox.example"


def presentations(account: Account) -> dict[str, Record]:
    """The presentations by id, after a look at the account."""
    account.run(account.source.schema())
    return account.by_id("Presentation")


@pytest.mark.promise("F-133")
def test_a_file_is_asked_for_by_its_address() -> None:
    """The last request of the flow is the file's own, to be kept."""
    account = opened("promoxcrm")
    assert isinstance(account.source, Downloads)
    record = presentations(account)["p-0"]
    answer = account.run(account.source.download(record.values["File"]))
    assert answer.content == b"%PDF-1.4 placeholder"
    assert (account.sent[-1].path, account.sent[-1].save) == ("/api/v1/presentations/p-0/file", True)
    assert record.values["File Name"] == "harborlight.pdf"


@pytest.mark.trap("P24")
def test_files_that_cannot_be_fetched_say_why() -> None:
    """No address, another host, and a signature that has run out: each is a reason, and no key leaves for elsewhere."""
    account = opened("promoxcrm")
    records = presentations(account)
    asked = len(account.sent)
    with pytest.raises(FileNotFoundError, match="names no address"):
        account.run(account.source.download(records["p-10"].values["File"]))
    with pytest.raises(FileNotFoundError, match=r"another host, drive\.example"):
        account.run(account.source.download(records["p-12"].values["File"]))
    assert len(account.sent) == asked
    with pytest.raises(FileNotFoundError, match="status 410"):
        account.run(account.source.download(records["p-11"].values["File"]))


@pytest.mark.trap("P24")
@pytest.mark.promise("F-168")
def test_a_signature_is_kept_nowhere() -> None:
    """A signed address is asked for again when the file is wanted; neither value nor raw record hold the signature."""
    record = presentations(opened("promoxcrm"))["p-11"]
    assert record.values["File"] == "again:p-11#download_url"
    assert record.raw["download_url"] == "https://files.promox.example/signed/abc"


@pytest.mark.trap("P24")
def test_a_signed_address_at_another_host_is_not_asked_for() -> None:
    """Where the account lies elsewhere than its files, the list is read again and the file is left to people."""
    account = opened("promoxcrm", url=ELSEWHERE)
    reference = presentations(account)["p-11"].values["File"]
    with pytest.raises(FileNotFoundError, match=r"another host, files\.promox\.example"):
        account.run(account.source.download(reference))
    assert account.sent[-1].path == "/api/v1/presentations"


def test_a_file_of_a_record_that_is_gone() -> None:
    """The record that named the file has been deleted since."""
    account = opened("promoxcrm")
    account.run(account.source.schema())
    with pytest.raises(FileNotFoundError, match="no longer there"):
        account.run(account.source.download("again:p-77#download_url"))
