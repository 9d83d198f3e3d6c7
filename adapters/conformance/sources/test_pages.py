"""Pages are bounded, and a cursor outlives the process."""

from itertools import pairwise

import pytest

from adapters.conformance.sources.stage import PAGE_RECORDS_MAX, Stage


def test_pages_are_bounded(stage: Stage) -> None:
    """However many records there are, a page has a few of them; the bench has more than fit on one."""
    pages = {o.name: stage.pages(o.name) for o in stage.objects}
    for name, found in pages.items():
        largest = max(len(page.records) for page in found)
        assert largest <= PAGE_RECORDS_MAX, f"{name} has a page of {largest} records"
    assert any(len(found) > 1 for found in pages.values()), "the bench holds too little to see a second page"


def test_cursors_outlive_the_process(stage: Stage) -> None:
    """From any cursor, a new source that has looked at the system gives the same rest."""
    for o in stage.objects:
        whole = stage.pages(o.name)
        for number, page in enumerate(whole[:-1], start=1):
            stage.again()
            rest = [record for page in stage.pages(o.name, page.next) for record in page.records]
            assert rest == [record for page in whole[number:] for record in page.records], (
                f"{o.name} from {page.next!r}"
            )


def test_a_cursor_serves_twice(stage: Stage) -> None:
    """The same source gives the page after a cursor again, whatever it has read since."""
    for o in stage.objects:
        whole = stage.pages(o.name)
        for before, page in pairwise(whole):
            assert stage.run(stage.source.read(o.name, None, before.next)).records == page.records, f"{o.name}"


def test_no_object_needs_another(stage: Stage) -> None:
    """Read the other way round, they give the same: another process goes on at any object, and has read no other."""
    whole = {o.name: stage.records(o.name) for o in stage.objects}
    stage.again()
    for o in reversed(stage.objects):
        assert stage.records(o.name) == whole[o.name], o.name


def test_an_object_that_is_not_there(stage: Stage) -> None:
    """Asking for it is a fault of the caller, and no empty page."""
    assert stage.schema
    with pytest.raises(ValueError, match="no-such-object"):
        stage.run(stage.source.read("no-such-object", None, None))
