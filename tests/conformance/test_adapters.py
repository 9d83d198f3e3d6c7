"""Our own adapters pass the whole suite, and what is skipped is what they cannot do."""

import pytest

from tests.conformance.running import run

LACKING = {
    "pipedrive": {
        "pipedrive has not an entity that cannot be deleted",
        "pipedrive has not an entity that only a person can create",
        "pipedrive has not an entity with revisions",
        "pipedrive takes no custom field of kind file: Pipedrive has no custom field for a file.",
        "activity.priority is a pick-list without options in this account",
        "activity.priority has no options in this account or cannot be read",
        "person.marketing_status has no options in this account or cannot be read",
        "options cannot be renamed",
        "variation can carry no mark",
    },
    "nutshell": {
        "nutshell adds no options to custom fields of account",
        "nutshell adds no options to custom fields of contact",
        "nutshell adds no options to custom fields of lead",
        "nutshell adds no options to lead.competitors",
        "account.territory has one possible value",
        "contact.territory has one possible value",
        "lead.competitors has one possible value",
        "lead.pipeline_id has one possible value",
        "field cannot be renamed",
        "options cannot be renamed",
        "product can carry no mark",
        "lead_product can carry no mark",
    },
}
"""Why tests are skipped, by destination."""


@pytest.mark.parametrize("destination", LACKING)
def test_an_adapter_conforms(tmp_path, destination):
    """Every entity, field and kind of field that it has, on its sandbox."""
    done = run(tmp_path, destination)
    assert done.failed == {}, done.printed
    assert done.passed > 500
    assert set(done.skipped.values()) == LACKING[destination]
