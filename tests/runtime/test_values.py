"""Whatever can be passed to a function arrives as what it is; the rest is refused with the place where it stands."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pendulum
import pytest

from include.runtime.errors import NotPassableError
from include.runtime.values import decoded, encoded

UTC = dt.UTC
EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))


class Colour(StrEnum):
    RED = "red"


def crossed(value: Any) -> Any:
    return decoded(json.loads(json.dumps(encoded(value, "value"), allow_nan=False)))


@pytest.mark.parametrize(
    ("given", "arrives"),
    [
        (pendulum.datetime(2024, 1, 1, tz="UTC"), dt.datetime(2024, 1, 1, tzinfo=UTC)),
        (
            pendulum.datetime(2024, 7, 1, 12, 30, 0, 5, tz="Asia/Kolkata"),
            dt.datetime(2024, 7, 1, 12, 30, 0, 5, tzinfo=EAST),
        ),
        (dt.datetime(2024, 1, 1, 1), dt.datetime(2024, 1, 1, 1)),
        (dt.datetime.min, dt.datetime.min),
        (pendulum.date(2024, 2, 29), dt.date(2024, 2, 29)),
        (pendulum.time(23, 59, 59, 999_999), dt.time(23, 59, 59, 999_999)),
        (pendulum.duration(days=-1, seconds=1), dt.timedelta(days=-1, seconds=1)),
        (dt.timedelta(microseconds=1), dt.timedelta(microseconds=1)),
        (Decimal("12345678901234567890.12"), Decimal("12345678901234567890.12")),
        (Decimal("1.50"), Decimal("1.50")),
        (bytearray(b"\x00\xff"), b"\x00\xff"),
        (math.inf, math.inf),
        (2**70, 2**70),
        (True, True),
        (None, None),
        ("{{", "{{"),
        (Colour.RED, "red"),
        ((1, (2,)), [1, [2]]),
        ((number for number in range(2)), [0, 1]),
        ({1: "one", dt.date(2024, 1, 1): [Decimal(2)]}, {1: "one", dt.date(2024, 1, 1): [Decimal(2)]}),
        ({(1, (2, 3)): "pair"}, {(1, (2, 3)): "pair"}),
        ({"a": 1}.items(), [["a", 1]]),
        ({"__snowpod__": "a user's own"}, {"__snowpod__": "a user's own"}),
        ({"__snowpod__": ["a", "b"]}, {"__snowpod__": ["a", "b"]}),
    ],
)
def test_it_arrives(given: Any, arrives: Any) -> None:
    got = crossed(given)
    assert got == arrives
    assert type(got) is type(arrives)
    assert str(got) == str(arrives)  # Decimal("1.50") == Decimal("1.5"), but its places say something


def test_nan_arrives() -> None:
    assert math.isnan(crossed({"deep": [math.nan]})["deep"][0])


def test_what_is_encoded_is_not_encoded_again() -> None:
    once = encoded({"at": dt.date(2024, 1, 1)}, "value")
    assert encoded(once, "value") == once


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"a": [1, object()]}, r"op_kwargs\.a\[1\] is a object"),
        ({"a": {1, 2}}, r"op_kwargs\.a is a set"),
        ({"a": {object(): 1}}, r"a key of op_kwargs\.a is a object"),
        ({"a": pendulum.timezone("UTC")}, r"op_kwargs\.a is a Timezone.*\| string"),
    ],
)
def test_the_rest_is_refused(given: Any, words: str) -> None:
    with pytest.raises(NotPassableError, match=words):
        encoded(given, "op_kwargs")
