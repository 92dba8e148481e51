"""Columns of numbers come back bit for bit, or are refused."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from puffling.store.pieces import pack, unpack

whole = arrays(np.int64, st.integers(1, 50))
floats = arrays(np.float64, st.integers(1, 50))
cents = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=50).map(
    lambda values: np.array(values) / 100
)


def same(one: Any, other: Any) -> bool:
    return bool(one.dtype == other.dtype and one.tobytes() == other.tobytes())


@given(whole | floats | cents)
def test_a_column_comes_back_bit_for_bit(column: Any):
    (found,) = unpack(pack([column]))
    assert same(found, column)


@pytest.mark.parametrize(
    "values",
    [
        [0.0, -0.0],
        [float("nan"), float("inf"), -float("inf")],
        [5e-324, 1.7976931348623157e308],
        [2.0**53, 2.0**53 + 2],
        [0.1 + 0.2, 0.3],
        [579.01, 579.02],
        [0.0],
        [],
    ],
)
def test_strange_numbers_come_back_bit_for_bit(values: list[float]):
    column = np.array(values, np.float64)
    (found,) = unpack(pack([column]))
    assert same(found, column)


@pytest.mark.parametrize("span", [10, 10**4, 10**9, 2**62])
def test_steps_of_every_size_come_back(span: int):
    column = np.array([0, span, 0, span, -1], np.int64)
    (found,) = unpack(pack([column]))
    assert same(found, column)


def test_prices_in_cents_take_a_sixth_of_the_room():
    chance = np.random.default_rng(1)
    walk = np.cumsum(chance.normal(0, 0.05, 8_192))
    prices = np.round(100 + walk, 2).astype(np.float64)
    assert len(pack([prices])) < prices.nbytes / 6


def test_numbers_that_do_not_shrink_are_kept_as_they_are():
    column = np.random.default_rng(1).random(1_000)
    assert len(pack([column])) < column.nbytes + 64
    repeated = np.full(1_000, 1 / 3)
    assert len(pack([repeated])) < 200
    assert same(unpack(pack([repeated]))[0], repeated)


def test_many_columns_keep_their_order():
    columns: list[Any] = [np.arange(5), np.arange(5) / 2, np.arange(5) * 1.1]
    assert all(same(one, other) for one, other in zip(unpack(pack(columns)), columns, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_damage_anywhere_is_noticed(seed: int):
    chance = random.Random(seed)
    data = pack([np.arange(100), np.random.default_rng(1).random(100)])
    for _ in range(100):
        damaged = bytearray(data)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        with pytest.raises(ValueError, match=r"checksum|columns|column"):
            unpack(bytes(damaged))
        with pytest.raises(ValueError, match=r"checksum|columns|column"):
            unpack(data[: chance.randrange(len(data))])


def test_columns_of_another_length_are_refused():
    import puffling.store.pieces as module

    body = module._pack(np.arange(3))
    head = module._HEAD.pack(module._MARK, 1, 4, module._checksum(body, 1, 4))
    with pytest.raises(ValueError, match="too short"):
        unpack(head + body)
