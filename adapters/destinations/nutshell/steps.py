"""What the next request of a write holds, where a record takes several.

a lead      newLead (links, tags, pipeline, stage); its value by a patch; its outcome by /status
a change    reopening first; what editLead takes; pipeline; stage; value; closing last
an activity with a location and a lead: by REST, which takes the place, then editActivity for the lead
options     one label at a time
"""

from adapters.destinations.nutshell.catalogue import CLOSED
from adapters.protocols import Fields

_ALONE = ({"pipeline_id"}, {"stage_id"}, {"value"}, {"status", "outcome"})
_SET_APART = {"pipeline_id", "stage_id", "value", "status", "outcome"}


def step(entity: str, before: Fields | None, fields: Fields) -> Fields:
    """What the next request writes of `fields`: all of it where one request is enough, else the first part."""
    if entity == "options":
        return fields | {"labels": list(fields.get("labels") or [])[:1]}
    if entity == "lead":
        return _new_lead(fields) if before is None else _changed_lead(before, fields)
    if entity == "activity":
        return _activity(before, fields)
    return fields


def _new_lead(fields: Fields) -> Fields:
    later = {"value"} if fields.get("value") is not None else set()
    if fields.get("status") in CLOSED or fields.get("outcome"):
        later |= {"status", "outcome"}
    return {key: value for key, value in fields.items() if key not in later} if fields.keys() - later else fields


def _changed_lead(before: Fields, fields: Fields) -> Fields:
    ends = {key: value for key, value in fields.items() if key in ("status", "outcome")}
    if fields.get("status") == "open" and before.get("status") in CLOSED:
        return ends
    rest = {key: value for key, value in fields.items() if key not in _SET_APART}
    if rest:
        return rest
    for group in _ALONE:
        if part := {key: value for key, value in fields.items() if key in group}:
            return part
    return fields


def _activity(before: Fields | None, fields: Fields) -> Fields:
    if before is None:
        if fields.get("location") and fields.get("lead_id"):
            return {key: value for key, value in fields.items() if key != "lead_id"}
        return fields
    if "location" in fields and fields.keys() - {"location"}:
        return {key: value for key, value in fields.items() if key != "location"}
    return fields
