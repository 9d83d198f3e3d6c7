"""A value that cannot be printed."""

from typing import NoReturn


class Secret:
    """A token or password. It shows itself as `***`, cannot be pickled, copied or encoded, and has no `__dict__`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: to be put into a header and nowhere else."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret cannot be pickled or copied.")
