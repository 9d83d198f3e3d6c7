"""`python -m tests.simulation play SEED`: one seed again, told line by line. `soak`: many, over all cores."""

import argparse
import sys
from typing import Any

import msgspec

from tests.simulation.seeds import STAGES, cast, judged, made
from tests.simulation.soak import hunts, soak


def main() -> int:
    """Say what happened; 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    again = verbs.add_parser("play", help="one seed, told line by line")
    again.add_argument("seed", type=int)
    many = verbs.add_parser("soak", help="seeds from a first one on, for a while or for so many")
    many.add_argument("--stage", choices=STAGES, default="model")
    many.add_argument("--first", type=int, default=0, help="the first seed, counted within the stage")
    many.add_argument("--minutes", type=float, default=10.0)
    many.add_argument("--seeds", type=int, default=sys.maxsize)
    planted = verbs.add_parser("hunt", help="for each mutant the first seed that catches it")
    planted.add_argument("--first", type=int, default=0, help="the seed to begin at")
    planted.add_argument("--seconds", type=float, default=60.0, help="of CPU, for each")
    arguments = parser.parse_args()
    if arguments.verb == "play":
        return _play(arguments.seed)
    if arguments.verb == "hunt":
        return hunts(arguments.first, arguments.seconds)
    return soak(arguments.stage, arguments.first, arguments.seeds, arguments.minutes)


def _play(seed: int) -> int:
    chosen = cast(seed)
    calm = msgspec.structs.asdict(type(chosen.weather)())
    weather: dict[str, Any] = msgspec.structs.asdict(chosen.weather)
    different = {k: v for k, v in weather.items() if v != calm[k]}
    print(f"seed {seed}: {chosen.scenario} on the {chosen.stage}; weather {different}")  # noqa: T201
    played = made(seed)
    played.machine.story = []
    played.run()
    print("\n".join(played.machine.story))  # noqa: T201
    found = judged(seed, played)
    print("\n".join(f"WRONG: {line}" for line in found) or "nothing is wrong")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
