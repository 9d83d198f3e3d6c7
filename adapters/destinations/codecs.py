"""A codec writes canonical values as an API wants them, and reads them back; neither way is ever given None."""

from collections.abc import Callable

from adapters.protocols import Json

Change = Callable[[Json], Json]
Codec = tuple[Change, Change]
"""Writer and reader."""


def write(codec: Codec, value: Json) -> Json:
    """A canonical value as the API wants it; None stays None.

    Raises ValueError, TypeError, KeyError or AttributeError for a value of the wrong form.
    """
    return None if value is None else codec[0](value)


def read(codec: Codec, value: Json) -> Json:
    """A value of an answer in canonical form; None stays None, and a form we do not know is given as it came.

    An answer tells of something that has happened, so reading it must not fail.
    """
    try:
        return None if value is None else codec[1](value)
    except (ValueError, TypeError, KeyError, AttributeError):
        return value
