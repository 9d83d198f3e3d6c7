"""Wants: what replay asks for. Values are written with the symbols of `engine.transform`, bound to ids when sent."""

import msgspec

from adapters.protocols import Fields
from engine.view import Part


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """A destination record that should be, with the position of the extraction that it comes from (0: the map)."""

    part: Part
    fields: Fields
    cause: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Why a record is not to be written: held by a review item, or skipped, perhaps for a survivor."""

    disposition: str
    reason: str
    review: str = ""
    survivor: str = ""


class Stop(Exception):  # noqa: N818 - a decision on the way, not an error
    """This record is not to be written now."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


def held(reason: str, review: str) -> Stop:
    """The record waits for a review item."""
    return Stop(Verdict(disposition="held", reason=reason, review=review))


def skipped(reason: str, review: str = "") -> Stop:
    """A person decided that the record is not moved."""
    return Stop(Verdict(disposition="skipped", reason=reason, review=review))
