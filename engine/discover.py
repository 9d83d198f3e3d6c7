"""Discovery of a source: the ways to read it are tried in order, each finding is an event, and one is decided on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from adapters.protocols import AdapterError, Probed, Probing, Source, Step
from engine.asking import NoWire, Wire
from engine.events import MethodDecided, SourceProbed
from engine.journal import Journal
from engine.view import View

NONE = "none"
"""The method of an object that cannot be read."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read a source.

    source: None where it cannot even be tried, for the reason in
    `problem`. wire: its network; None where it has none.
    """

    method: Literal["api", "bundle", "database", "workbook"]
    source: Source | None = None
    wire: Wire | None = None
    problem: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a source is read, for people: the method and the reason by object, what was found of each way, the risks."""

    methods: dict[str, str]
    reasons: dict[str, str]
    found: dict[str, SourceProbed]

    @property
    def risks(self) -> list[str]:
        """What may be incomplete, as sentences."""
        used = set(self.methods.values())
        return [risk for method, probed in self.found.items() if method in used for risk in probed.risks]


def reading(journal: Journal, view: View) -> Reading:
    """What was last found and decided."""
    fact = view.fact("methods") or {"methods": {}, "reasons": {}}
    found = {body.method: body for _, body in journal.bodies(SourceProbed)}
    return Reading(methods=fact["methods"], reasons=fact["reasons"], found=found)


class NoWayError(Exception):
    """The source can be read in none of the ways that were given; the message says what was found in each."""


def choose(journal: Journal, view: View, ways: Sequence[Way]) -> list[Way]:
    """Try every way, record what was found and decide for each object: the first that gives it, best first.

    The ways that are read, in order. Raises NoWayError.
    """
    found: list[tuple[Way, Probed]] = []
    errors: list[AdapterError] = []
    for way in ways:
        try:
            probed = _probe(way)
        except AdapterError as error:  # a finding, and not the end of the discovery
            errors.append(error)
            probed = _unusable(way, str(error))
        _record(journal, view, probed)
        found.append((way, probed))
    usable = [(way, probed) for way, probed in found if probed.usable]
    read = _decide(journal, view, usable, found)
    if not usable and len(ways) == len(errors) == 1:
        raise errors[0]
    if not usable:
        said = " ".join(f"{probed.method}: {_why(probed).rstrip('.')}." for _, probed in found)
        raise NoWayError(
            f"The source cannot be read. {said or 'Neither an address nor an export was given.'} Check the address, "
            "the key and the paths; `cutover log --kind SourceProbed` has all that was asked."
        )
    return [way for way, _ in usable if way.method in read]


def decided(view: View, ways: Sequence[Way]) -> list[Way]:
    """The ways that were decided on, among those that there are now; raises NoWayError when one is gone."""
    fact = view.fact("methods")
    methods = {method for method in (fact["methods"].values() if fact else ()) if method != NONE}
    open_ = [way for way in ways if way.source is not None]
    if not methods and open_:
        return open_[:1]
    found = [way for way in open_ if way.method in methods]
    if gone := methods - {way.method for way in found}:
        said = "; ".join(f"{way.method}: {way.problem}" for way in ways if way.problem) or ", ".join(sorted(gone))
        raise NoWayError(f"the source can no longer be read as was decided ({said}); `cutover discover` decides anew")
    return found


def _probe(way: Way) -> Probed:
    """What a way is good for; raises AdapterError where it is good for nothing."""
    if way.source is None:
        return _unusable(way, way.problem)
    wire = way.wire or NoWire()
    if isinstance(way.source, Probing):
        return wire.one(way.source.probe())
    schema = wire.one(way.source.schema())
    steps = tuple(
        Step(
            asked=o.label, found=f"{o.amount or 'uncounted'} records ({o.method})", serves=bool(o.fields), object=o.name
        )
        for o in schema.objects
    )
    objects = tuple(o.name for o in schema.objects if o.fields)
    return Probed(method=way.method, usable=bool(objects), steps=steps, objects=objects)


def _unusable(way: Way, why: str) -> Probed:
    return Probed(method=way.method, usable=False, steps=(Step(asked=way.method, found=why, serves=False),))


def _record(journal: Journal, view: View, probed: Probed) -> None:
    known = view.fact(f"probed:{probed.method}")
    date = probed.facts.get("date")
    body = SourceProbed(
        method=probed.method,
        usable=probed.usable,
        steps=[msgspec.to_builtins(step) for step in probed.steps],
        objects=list(probed.objects),
        facts=probed.facts,
        risks=list(probed.risks),
        skew_seconds=_skew(str(date), journal.now()) if date else None,
    )
    if known is None or (known["usable"], known["objects"]) != (body.usable, body.objects):
        journal.record(body)


def _skew(date: str, now: int) -> float | None:
    try:
        return round(datetime.fromisoformat(date).timestamp() - now / 1_000_000, 1)
    except ValueError:
        return None


def _decide(
    journal: Journal, view: View, usable: Sequence[tuple[Way, Probed]], found: Sequence[tuple[Way, Probed]]
) -> set[str]:
    """Say for each object how it is read and why; the methods that are used."""
    methods: dict[str, str] = {}
    reasons: dict[str, str] = {}
    failed = {
        step.object: step.found
        for _, probed in found
        for step in probed.steps
        if step.object and not step.serves and step.object not in probed.objects  # else another request gave it
    }
    before = [f"{probed.method} does not serve ({_why(probed)})" for _, probed in found if not probed.usable]
    for name in dict.fromkeys(name for _, probed in found for name in (*probed.objects, *failed)):
        giving = next((probed.method for _, probed in usable if name in probed.objects), None)
        methods[name] = giving or NONE
        without = [failed[name]] if name in failed else []
        reasons[name] = "; ".join((*before, *without, f"{giving} gives it")) if giving else _none(failed.get(name, ""))
    known = view.fact("methods")
    if known is None or (known["methods"], known["reasons"]) != (methods, reasons):
        journal.record(MethodDecided(methods=methods, reasons=reasons))
    return set(methods.values())


def _none(why: str) -> str:
    return why or "no way that was tried gives it"


def _why(probed: Probed) -> str:
    """Why a way does not serve: the last step that failed."""
    return next((step.found for step in reversed(probed.steps) if not step.serves), "nothing was found")
