"""What a search found survives being written down; what was written by an older one is read."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from puffin.backtest.trials import NOTHING, Trial, Trials
from puffling.core.errors import StoreDamagedError
from puffling.store.search_documents import LENGTH, MARK, packed, unpacked

SOME = Trials.of(
    [
        Trial({"short": 5, "ma": "sma"}, {"sharpe": 0.1 + 0.2, "trades": 3.0}),
        Trial({"short": 10}, {"sharpe": None}),
        Trial({"short": 20, "ma": "ema"}, error="Too few."),
    ]
)
FOUND = {"equity": [1.0, 2.0]}


@pytest.mark.parametrize("found", [None, FOUND])
@pytest.mark.parametrize("trials", [SOME, NOTHING], ids=["some", "none"])
def test_everything_comes_back(trials, found):
    again, also = unpacked(packed(trials, found))
    assert again == trials
    assert also == found
    assert again.errors == trials.errors


def test_a_hundred_thousand_trials_take_little_more_than_their_numbers():
    codes = np.zeros((100_000, 2), np.int32)
    figures = np.random.default_rng(1).normal(size=(100_000, 11))
    many = Trials(type(SOME.sets)(("a", "b"), ((1,), (2,)), codes), figures)
    assert len(packed(many, None)) < 1.2 * figures.nbytes


def test_lines_of_json_from_before_are_read():
    lines = [{"found": FOUND}, [each.to_dict() for each in SOME[:2]], [SOME[2].to_dict()]]
    old = zlib.compress(b"\n".join(json.dumps(each).encode() for each in lines))
    again, found = unpacked(old)
    assert (again, found) == (SOME, FOUND)
    assert unpacked(zlib.compress(b'{"found": null}\n')) == (NOTHING, None)


def damaged(change):
    whole = packed(SOME, FOUND)
    head = LENGTH.unpack_from(whole, len(MARK))[0]
    return change(whole, len(MARK) + LENGTH.size + head)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole, _: whole[:-1],
        lambda whole, _: whole + b"x",
        lambda whole, at: whole[:at] + b"\x63" + whole[at + 1 :],
        lambda whole, at: whole[: at - 5] + b"?????" + whole[at:],
        lambda whole, _: whole[: len(MARK) + 3],
        lambda _, __: b"",
        lambda _, __: "text",
    ],
    ids=["short", "long", "a code", "the head", "no head", "nothing", "text"],
)
def test_damage_is_said(change):
    with pytest.raises(StoreDamagedError, match="The stored search is damaged"):
        unpacked(damaged(change))
