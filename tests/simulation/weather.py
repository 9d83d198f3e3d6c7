"""The weather of one seed: most seeds turn most faults off, and some far up (swarm testing)."""

import random

import msgspec

CLEARS = 900.0
"""Virtual seconds after which the weather is calm, and the migration must come to its end."""

DEADLINE = 5.0
"""Seconds that an answer is waited for."""

LATEST = 20.0
"""Seconds after which a request that was sent has been applied, or never will be."""

TRAILS = 10.0
"""Seconds by which the witness of a write may trail it."""

LONGEST_FREEZE = 8.0
"""Seconds that a process may stand still without noticing."""

SETTLE = DEADLINE + LATEST + LONGEST_FREEZE
"""The bound on a late request: what the account is configured with, together with TRAILS."""


class Weather(msgspec.Struct, kw_only=True):
    """Probabilities per request, per point and per minute; seconds.

    refused: no connection. lost: applied, the answer never comes. vanished: neither. late: applied after the deadline.
    http: the sandbox's own faults (429, 500 before and after, 503, connection cut, slow answers, ...). trails: how far
    the witness trails. crash, freeze: at each point of a process. rival: how often a minute a second process starts.
    edits: how often a minute a person changes a record. skew: seconds by which clocks differ. power: how often a minute
    the power fails under a store that is not durable: every process dies, and the last commits are as if never made.
    """

    refused: float = 0.0
    lost: float = 0.0
    vanished: float = 0.0
    late: float = 0.0
    http: str = ""
    trails: float = 0.0
    crash: float = 0.0
    freeze: float = 0.0
    rival: float = 0.0
    edits: float = 0.0
    skew: float = 0.0
    power: float = 0.0
    latest: float = LATEST
    longest_freeze: float = LONGEST_FREEZE


RATES = (0.0, 0.0, 0.0, 0.05, 0.3)
HTTP = ("", "", "", "429=0.1", "500=0.2,503=0.05", "cut=0.1,lost=0.1", "slow=0.3,429=0.05,html403=0.02,null=0.05")


def draw(dice: random.Random) -> Weather:
    """The weather of a seed within the stated bounds."""
    return Weather(
        refused=dice.choice(RATES),
        lost=dice.choice(RATES),
        vanished=dice.choice(RATES),
        late=dice.choice(RATES),
        http=dice.choice(HTTP),
        trails=dice.choice((0.0, 0.0, TRAILS)),
        crash=dice.choice((0.0, 0.0, 0.005, 0.03)),
        freeze=dice.choice((0.0, 0.0, 0.01)),
        rival=dice.choice((0.0, 0.0, 1.0)),
        edits=dice.choice((0.0, 0.0, 1.0)),
        skew=dice.choice((0.0, 0.0, 60.0)),
    )


def storm(dice: random.Random) -> Weather:
    """Within the bounds, and most faults at once: processes live for a dozen steps."""
    return msgspec.structs.replace(
        draw(dice), crash=0.08, refused=0.3, lost=dice.choice(RATES[3:]), http=dice.choice(HTTP[3:])
    )


def hostile(dice: random.Random) -> Weather:
    """A world that breaks the bounds: requests land minutes late, processes stand still, a store loses what it kept.

    Nobody edits there: what people did is the model's question.
    """
    return msgspec.structs.replace(
        draw(dice),
        late=0.3,
        freeze=0.02,
        crash=0.01,
        latest=240.0,
        longest_freeze=120.0,
        trails=90.0,
        edits=0.0,
        power=dice.choice((0.0, 0.0, 0.5)),
    )
