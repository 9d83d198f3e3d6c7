"""Values that cannot be printed."""

import copy
import pickle

import msgspec
import pytest

from adapters.secret import Secret


@pytest.mark.promise("F-168")
def test_a_secret_shows_nothing():
    """Neither printing, formatting nor its attributes give the value away; only `reveal` does."""
    secret = Secret("abc-token")
    assert [repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{secret!r}"] == ["***"] * 5
    assert "abc-token" not in repr([secret, {"token": secret}])
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == "abc-token"


@pytest.mark.promise("F-168")
@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, msgspec.json.encode, msgspec.msgpack.encode])
def test_a_secret_cannot_be_written_down(leak):
    """Serialising it is an error."""
    with pytest.raises(TypeError):
        leak(Secret("abc-token"))


def test_an_empty_secret_is_false():
    """So that a missing token can be told."""
    assert not Secret("")
    assert Secret("x")
